import { type CleanPin, type PinRow } from '../../contract/index.ts'
import { type Category } from '../domains/categories.ts'
import { markers, mediaKinds } from '../domains/markers.ts'
import { type Gaps } from './markers.ts'
import { makeDescription, makeTags, makeTitle } from './pin-text.ts'
import { Random, streams } from './random.ts'

/** Share of descriptions that are cut, and of titles beyond ASCII, among those that are no marker (PIPELINE_FACTS section 2). */
const cutShare = 0.36 / (1 - 0.067 - 0.016)
const beyondAsciiShare = 0.1 / (1 - 0.009)

export interface Followers {
  /** `437`, `124k` or `6M`. */
  readonly text: string
  readonly count: number
}

export interface Poster {
  readonly name: string
  readonly hasTrailingBlank: boolean
  readonly followers: Followers
}

/** @param kind 0: plain number, 1: thousands, 2: millions */
export function makeFollowers(random: Random, kind: number): Followers {
  if (kind === 0) {
    const count = 1 + random.below(999)
    return { text: String(count), count }
  }
  // small numbers are the common ones: evenly spread over the logarithm
  const upTo = (limit: number): number => Math.floor((limit + 1) ** random.unit())
  const units = upTo(kind === 1 ? 985 : 15)
  return kind === 1
    ? { text: `${String(units)}k`, count: units * 1_000 }
    : { text: `${String(units)}M`, count: units * 1_000_000 }
}

export interface PinPlan {
  readonly seed: number
  readonly ind: number
  readonly category: Category
  readonly poster: Poster
  readonly gaps: Gaps
}

/** One post and its truth. Both are written from what was drawn; neither is made from the other. */
export function makePin({ seed, ind, category, poster, gaps }: PinPlan): { row: PinRow; clean: CleanPin } {
  const random = new Random(seed, streams.pin, ind)
  const uniqueId = makeUuid(random)
  const imageSrc = makeImageSrc(random, gaps.media === 'video')
  const title = makeTitle(random, category, random.chance(beyondAsciiShare))
  const description = makeDescription(random, category, random.chance(cutShare))
  const tags = makeTags(random, category)
  const mediaKind = mediaKinds[gaps.media]
  return {
    row: {
      index: ind,
      unique_id: uniqueId,
      title: gaps.title ? markers.title : title,
      description: gaps.description === undefined ? description.raw : descriptionMarkers[gaps.description],
      poster_name: gaps.poster ? markers.user : poster.hasTrailingBlank ? `${poster.name} ` : poster.name,
      follower_count: gaps.poster ? markers.user : poster.followers.text,
      tag_list: gaps.tags ? markers.tags : tags,
      is_image_or_video: mediaKind,
      image_src: gaps.image ? markers.image : imageSrc,
      downloaded: gaps.image ? 0 : 1,
      save_location: `Local save in /data/${category}`,
      category,
    },
    clean: {
      ind,
      unique_id: uniqueId,
      title: gaps.title ? null : title,
      description: gaps.description === undefined ? description.clean : null,
      follower_count: gaps.poster ? null : poster.followers.count,
      poster_name: gaps.poster ? null : poster.name,
      tag_list: gaps.tags ? null : tags,
      is_image_or_video: mediaKind,
      image_src: gaps.image ? null : imageSrc,
      save_location: `/data/${category}`,
      category,
    },
  }
}

const descriptionMarkers = {
  story: markers.storyDescription,
  none: markers.noDescription,
  untitled: markers.untitledDescription,
} as const

const hexOfByte = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

/** The 8 hexadecimal digits of 32 bits; a table, since a post needs eight of them. */
const hex = (value: number): string =>
  `${hexOfByte[value >>> 24] ?? ''}${hexOfByte[(value >>> 16) & 255] ?? ''}${hexOfByte[(value >>> 8) & 255] ?? ''}${hexOfByte[value & 255] ?? ''}`

/** Version 4, variant 1 (RFC 9562). */
function makeUuid(random: Random): string {
  const [a, b, c, d] = [random.uint32(), random.uint32(), random.uint32(), random.uint32()]
  const versioned = hex((b & 0xffff0fff) | 0x4000)
  const varied = hex((c & 0x3fffffff) | 0x80000000)
  return `${hex(a)}-${versioned.slice(0, 4)}-${versioned.slice(4)}-${varied.slice(0, 4)}-${varied.slice(4)}${hex(d)}`
}

function makeImageSrc(random: Random, isVideo: boolean): string {
  const name = hex(random.uint32()) + hex(random.uint32()) + hex(random.uint32()) + hex(random.uint32())
  const folder = isVideo ? 'videos/thumbnails/originals' : 'originals'
  return `https://i.pinimg.com/${folder}/${name.slice(0, 2)}/${name.slice(2, 4)}/${name.slice(4, 6)}/${name}.jpg`
}
