import { markerShares } from '../domains/markers.ts'

/** Which gaps one post has. The flags imply each other as PIPELINE_FACTS section 2 has seen it. */
export interface Gaps {
  /** Poster name and follower count are unknown; then every other flag but the descriptions' is set too. */
  readonly poster: boolean
  readonly title: boolean
  readonly tags: boolean
  readonly image: boolean
  readonly description: 'story' | 'none' | 'untitled' | undefined
  readonly media: 'image' | 'multiVideo' | 'video'
}

/** Upper ends of the ranges of a lot; what nests in one another is true together. */
const storyEnd = markerShares.story
const tagsEnd = storyEnd + markerShares.tagsOnly
const noDescriptionEnd = tagsEnd + markerShares.noDescription
const untitledEnd = noDescriptionEnd + markerShares.untitledDescription
const videoEnd = untitledEnd + markerShares.video

/** @param lot 0 to 1, exclusive: each post has its own, evenly spread, so the shares hold at every size. */
export function gapsOf(lot: number): Gaps {
  const poster = lot < markerShares.poster
  return {
    poster,
    title: poster,
    tags: poster || (lot >= storyEnd && lot < tagsEnd),
    image: lot < markerShares.image,
    description:
      lot < storyEnd
        ? 'story'
        : lot < tagsEnd || lot >= untitledEnd
          ? undefined
          : lot < noDescriptionEnd
            ? 'none'
            : 'untitled',
    media: lot < storyEnd ? 'multiVideo' : lot >= untitledEnd && lot < videoEnd ? 'video' : 'image',
  }
}
