/** The texts that stand for a gap in the source tables (PIPELINE_FACTS section 2). */
export const markers = {
  title: 'No Title Data Available',
  storyDescription: 'No description available Story format',
  noDescription: 'No description available',
  untitledDescription: 'Untitled',
  user: 'User Info Error',
  tags: 'N,o, ,T,a,g,s, ,A,v,a,i,l,a,b,l,e',
  image: 'Image src error.',
} as const

/** Shares of all rows. Each post draws one lot in 0..1; nested ranges make the correlations of section 2. */
export const markerShares = {
  /** A poster error carries every marker. */
  poster: 0.009,
  /** Image errors: poster errors, and more multi-videos up to a third of them. */
  image: 0.0223,
  /** Story texts, exactly the multi-videos. */
  story: 0.067,
  /** Beyond the poster errors. */
  tagsOnly: 0.0045,
  noDescription: 0.016,
  untitledDescription: 0.0004,
  video: 0.028,
} as const

export const mediaKinds = { image: 'image', multiVideo: 'multi-video(story page format)', video: 'video' } as const
