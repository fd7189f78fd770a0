import { expect, it } from 'vitest'
import { type GeoRow, type PinRow, type UserRow } from '../../../contract/index.ts'
import { truthOf } from '../../../seed/truth.ts'

const aPin = (change: Partial<PinRow> = {}): PinRow => ({
  index: 7,
  unique_id: 'fbe53c66-3442-4773-b19e-d3ec6f54dddf',
  title: 'A title',
  description: 'A text',
  poster_name: 'A poster',
  follower_count: '3k',
  tag_list: 'a,b',
  is_image_or_video: 'image',
  image_src: 'https://example.com/a.jpg',
  downloaded: 1,
  save_location: 'Local save in /data/art',
  category: 'art',
  ...change,
})
const aGeo = (change: Partial<GeoRow> = {}): GeoRow => ({
  ind: 7,
  timestamp: '2019-01-01 07:21:13',
  latitude: -88.8298,
  longitude: -170.188,
  country: 'Albania',
  ...change,
})
const aUser = (change: Partial<UserRow> = {}): UserRow => ({
  ind: 7,
  first_name: 'Adam',
  last_name: 'Acosta',
  age: 20,
  date_joined: '2015-10-21 21:26:45',
  ...change,
})

it.each<[keyof PinRow, string, string | number | null]>([
  ['title', ' \u00a0 Ideas\n', 'Ideas'],
  ['title', '\u2003\u3000', null],
  ['title', 'No Title Data Available', null],
  ['title', 'No Title Data Available ', null],
  ['title', 'Why "No Title Data Available" is shown', 'Why "No Title Data Available" is shown'],
  ['title', 'Untitled', 'Untitled'],
  ['title', '\ufeffIdeas', '\ufeffIdeas'],
  ['description', 'No description available Story format', null],
  ['description', 'No description available', null],
  ['description', 'Untitled', null],
  ['description', 'cut…\u00a0', 'cut…'],
  ['poster_name', 'User Info Error', null],
  ['poster_name', 'TheGreatShed ', 'TheGreatShed'],
  ['tag_list', 'N,o, ,T,a,g,s, ,A,v,a,i,l,a,b,l,e', null],
  ['image_src', 'Image src error.', null],
  ['image_src', 'Image src error', null],
  ['save_location', 'Local save in /data/art', '/data/art'],
  ['save_location', 'Local save in ', null],
  ['save_location', '/data/art', null],
  ['follower_count', '437', 437],
  ['follower_count', '124k', 124_000],
  ['follower_count', '6M', 6_000_000],
  ['follower_count', '6m', 6_000_000],
  ['follower_count', '1.5 K', 1_500],
  ['follower_count', '1,234,567', 1_234_567],
  ['follower_count', '2b', 2_000_000_000],
  ['follower_count', '3B', null],
  ['follower_count', '2147483647', 2_147_483_647],
  ['follower_count', '2147483648', null],
  ['follower_count', '-5', null],
  ['follower_count', '0', 0],
  ['follower_count', 'User Info Error', null],
  ['follower_count', '12 followers', null],
  ['follower_count', '', null],
])('pin %s %j is %j', (column, text, clean) => {
  expect(truthOf('pin', aPin({ [column]: text }))).toMatchObject({ [column]: clean })
})

it('a clean pin has the columns of rule 5', () => {
  expect(Object.keys(truthOf('pin', aPin()))).toEqual([
    'ind',
    'unique_id',
    'title',
    'description',
    'follower_count',
    'poster_name',
    'tag_list',
    'is_image_or_video',
    'image_src',
    'save_location',
    'category',
  ])
})

it.each<[Partial<GeoRow>, [number, number] | null]>([
  [{}, [-88.8298, -170.188]],
  [{ latitude: 90, longitude: -180 }, [90, -180]],
  [{ latitude: 90.1 }, null],
  [{ longitude: 180.5 }, null],
])('geo %j has the coordinates %j', (change, coordinates) => {
  expect(truthOf('geo', aGeo(change))).toEqual({
    ind: 7,
    country: 'Albania',
    coordinates,
    timestamp: '2019-01-01 07:21:13',
  })
})

it.each<[Partial<UserRow>, string | null, number | null]>([
  [{}, 'Adam Acosta', 20],
  [{ first_name: ' Adam ', last_name: 'de la\u00a0' }, 'Adam de la', 20],
  [{ first_name: '' }, 'Acosta', 20],
  [{ first_name: ' ', last_name: '' }, null, 20],
  [{ age: 0 }, 'Adam Acosta', 0],
  [{ age: 131 }, 'Adam Acosta', null],
  [{ age: -1 }, 'Adam Acosta', null],
])('user %j is %j of age %j', (change, user_name, age) => {
  expect(truthOf('user', aUser(change))).toEqual({ ind: 7, user_name, age, date_joined: '2015-10-21 21:26:45' })
})

it('a day that does not exist is no time', () => {
  expect(truthOf('user', aUser({ date_joined: '2015-02-30 00:00:00' })).date_joined).toBeNull()
  expect(truthOf('geo', aGeo({ timestamp: '0000-00-00 00:00:00' })).timestamp).toBeNull()
})
