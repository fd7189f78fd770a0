import { type Category } from './categories.ts'

/** What posts of a category are about; lower case, ASCII, the raw material of titles, descriptions and tags. */
export const subjects: Readonly<Record<Category, readonly string[]>> = {
  art: list(
    'watercolor landscapes, charcoal portraits, abstract acrylics, ink sketches, paper collages, oil pastels, clay figures, line drawings, mandala patterns, gouache florals, street murals, pop art posters',
  ),
  beauty: list(
    'nail designs, smoky eyes, curly hair routines, skin care steps, braided updos, bold lip colors, brow shaping, natural makeup, bob haircuts, face masks, bridal hair, balayage tones',
  ),
  christmas: list(
    'gingerbread houses, tree garlands, felt stockings, advent calendars, wreath bows, salt dough ornaments, mantel lights, gift wrapping, snowman crafts, cookie swaps, nativity scenes, candle centerpieces',
  ),
  'diy-and-crafts': list(
    'macrame hangers, mason jar lamps, resin coasters, paper flowers, tie dye shirts, button bracelets, pallet shelves, felt animals, pom pom rugs, origami boxes, soap making, bead curtains',
  ),
  education: list(
    'phonics games, fraction worksheets, classroom decor, science fair projects, reading corners, spelling lists, alphabet crafts, bulletin boards, math centers, study planners, history timelines, lab notebooks',
  ),
  'event-planning': list(
    'garden weddings, baby showers, balloon arches, seating charts, dessert tables, photo booths, birthday themes, bridal brunches, table settings, party favors, invitation suites, stage backdrops',
  ),
  finance: list(
    'budget planners, emergency funds, debt snowballs, savings challenges, side hustles, index funds, cash envelopes, retirement plans, frugal meals, credit scores, tax checklists, money mindsets',
  ),
  'home-decor': list(
    'farmhouse kitchens, gallery walls, boho bedrooms, open shelving, entryway benches, neutral living rooms, indoor plants, accent walls, bathroom tiles, cozy reading nooks, linen curtains, patio lights',
  ),
  'mens-fashion': list(
    'linen suits, denim jackets, leather boots, streetwear layers, wedding outfits, chino looks, wool overcoats, capsule wardrobes, summer shirts, pocket squares, gym outfits, silver watches',
  ),
  quotes: list(
    'morning quotes, friendship quotes, quotes about courage, funny quotes, self love quotes, travel quotes, work quotes, quotes on patience, family quotes, healing quotes, short quotes, quotes on change',
  ),
  tattoos: list(
    'fine line tattoos, sleeve tattoos, floral tattoos, lettering tattoos, wrist tattoos, geometric tattoos, animal tattoos, matching tattoos, watercolor tattoos, compass tattoos, minimal tattoos, wave tattoos',
  ),
  travel: list(
    'road trips, island beaches, packing lists, old town walks, mountain huts, night trains, street food, national parks, weekend cities, desert camps, ferry routes, hidden waterfalls',
  ),
  vehicles: list(
    'classic cars, cafe racers, camper vans, electric trucks, off road builds, car detailing, vintage scooters, sport sedans, engine swaps, garage setups, touring bikes, race liveries',
  ),
}

function list(text: string): string[] {
  return text.split(',').map((entry) => entry.trim())
}
