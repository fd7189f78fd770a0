import { type Category } from '../domains/categories.ts'
import { subjects } from '../domains/topics.ts'
import { type Random } from './random.ts'

/** A description is cut here, the ellipsis and its NBSP included. */
const maxDescriptionCharacters = 180
const ellipsis = '…'
const noBreakSpace = '\u00a0'

const adjectives = words(
  'Easy Cozy Simple Modern Vintage Colorful Dreamy Budget-Friendly Minimal Clever Rustic Stunning',
)
const asciiTitles: readonly ((adjective: string, subject: string, count: number) => string)[] = [
  (adjective, subject, count) => `${String(count)} ${adjective} ${subject} You Can Try Today`,
  (adjective, subject) => `${adjective} ${subject}: A Step by Step Guide`,
  (_adjective, subject, count) => `${String(count)} ${subject} Ideas for Beginners`,
  (adjective, subject) => `How to Plan ${adjective} ${subject}`,
  (_adjective, subject, count) => `The ${String(count)} Best ${subject} (With Pictures)`,
  (adjective, subject) => `"${adjective}" ${subject} - What Really Works`,
  (adjective, subject) => `${subject} That Don't Cost a Fortune, ${adjective} Edition`,
  (adjective, subject) => `${adjective} ${subject}`,
]
const otherTitles: readonly ((subject: string, count: number) => string)[] = [
  (subject, count) => `✨ ${String(count)} ${subject} ✨`,
  (subject) => `${subject} – A Beginner’s Guide`,
  (subject, count) => `${String(count)} idées : ${subject}`,
  (subject) => `Die schönsten ${subject} für jeden Tag`,
  (subject, count) => `${String(count)} ideas fáciles de ${subject}`,
  (subject) => `“${subject}” we love 💕`,
  (subject) => `${subject} アイデア`,
  (subject) => `Как сделать: ${subject}`,
]
const sentences: readonly ((subject: string, adjective: string) => string)[] = [
  (subject, adjective) => `Looking for ${adjective} ${subject}? Here are the ones we come back to again and again.`,
  (subject) => `Save this for later and try these ${subject} at home.`,
  (subject) => `I couldn't believe how well these ${subject} turned out!`,
  (subject) => `A short guide to ${subject}, with a list of what you need.`,
  (subject, adjective) => `These ${adjective} ${subject} take less than an hour; kids can help.`,
  (subject) => `My friends call it "the trick" - and it works for all ${subject}.`,
  (subject) => `Find more ${subject} on the blog 🌿 and tell me which is your favorite.`,
  (subject) => `Step 1: pick a color. Step 2: start small. Step 3: enjoy your ${subject}.`,
  (subject) => `#${subject.replaceAll(' ', '')} #inspiration`,
  (subject) => `Everything about ${subject}: costs, time & common mistakes.`,
]
const tagForms: readonly ((subject: string) => string)[] = [
  (subject) => subject,
  (subject) => `${subject} Ideas`,
  (subject) => `${subject} Inspiration`,
  (subject) => `Best ${subject}`,
  (subject) => `${subject} Décor`,
]
const tagsOfPost = 9
/** Steps through a category's tags that meet each only once: primes that do not divide their number. */
const tagSteps = [7, 11, 13, 17, 19, 23, 29, 31] as const

function words(text: string): string[] {
  return text.split(' ')
}

const capitalised = (text: string): string => text.replace(/(^| )[a-z]/g, (letter) => letter.toUpperCase())

const titleSubjects: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries(subjects).map(([category, all]) => [category, all.map(capitalised)]),
)
const tagsOf: ReadonlyMap<string, readonly string[]> = new Map(
  [...titleSubjects].map(([category, all]) => [
    category,
    all.flatMap((subject) => tagForms.map((form) => form(subject))),
  ]),
)

/** A title of letters beyond ASCII (accents, other scripts, typographic quotes, emoji), or one of ASCII only. */
export function makeTitle(random: Random, category: Category, beyondAscii: boolean): string {
  const subject = random.pick(titleSubjects.get(category) ?? [])
  const count = 3 + random.below(97)
  return beyondAscii
    ? random.pick(otherTitles)(subject, count)
    : random.pick(asciiTitles)(random.pick(adjectives), subject, count)
}

export interface Description {
  /** With the NBSP that ends a cut text. */
  readonly raw: string
  readonly clean: string
}

/** A description that fits (`isCut` false), or one that was longer and is cut at 180 characters. A few hold a newline. */
export function makeDescription(random: Random, category: Category, isCut: boolean): Description {
  const subject = random.pick(subjects[category])
  const glue = random.chance(0.02) ? '\n' : ' '
  const first = random.below(sentences.length)
  // 1, 3, 7 and 9 share no factor with the ten sentences, so none stands twice
  const step = random.pick([1, 3, 7, 9])
  let text = ''
  for (let count = 0; count < sentences.length; count++) {
    const sentence = sentences[(first + count * step) % sentences.length]?.(
      subject,
      random.pick(adjectives).toLowerCase(),
    )
    const longer = text === '' ? (sentence ?? '') : `${text}${glue}${sentence ?? ''}`
    if (!isCut && longer.length > maxDescriptionCharacters) break
    text = longer
    if (isCut && text.length > maxDescriptionCharacters) return cut(text)
    if (!isCut && random.chance(0.4)) break
  }
  return { raw: text, clean: text }
}

function cut(text: string): Description {
  const end = maxDescriptionCharacters - ellipsis.length - noBreakSpace.length
  // never through the middle of an emoji
  const splitsPair = /[\ud800-\udbff]/.test(text.charAt(end - 1))
  const clean = `${text.slice(0, splitsPair ? end - 1 : end)}${ellipsis}`
  return { raw: `${clean}${noBreakSpace}`, clean }
}

/** Nine different tags of the category, joined by commas. */
export function makeTags(random: Random, category: Category): string {
  const all = tagsOf.get(category) ?? []
  const first = random.below(all.length)
  const step = random.pick(tagSteps)
  return Array.from({ length: tagsOfPost }, (_, count) => all[(first + count * step) % all.length]).join(',')
}
