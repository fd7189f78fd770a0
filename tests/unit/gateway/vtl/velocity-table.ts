import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** A template, the payload it maps and what Apache Velocity 1.7 renders it to. */
export interface VelocityRow {
  readonly payload: PayloadName
  readonly template: string
  /** Null where Velocity refuses the template or fails in it. */
  readonly velocity: string | null
  /** Where the lab differs on purpose: what it renders, and why. */
  readonly lab?: string | null
  readonly because?: string
}

export const payloads = {
  pin: '{"json":{"a":1,"b":[{"c":"x/y\u00e9\\"\'"}],"s":"str","n":null,"d":1.50,"e":1e3,"big":12345678901,"t":true,"empty":[],"o":{}}}',
  paths:
    '{"a":{"b":[{"c":1,"d":"x"},{"c":2,"d":"y"},{"c":3,"e":null},{"f":[1,2,[3,{"c":9}]]}],"g h":"sp","i-j":"hy","k.l":"dot","m\'n":"q"},' +
    '"list":[10,20,30,40,50],"s":"text","n":null,"t":true,"nest":[[1,2],[3,4]],"store":{"book":[{"price":8.95,"isbn":"1","tags":["x","y"]},' +
    '{"price":12,"cat":"f"},{"price":"9"}]},"class":"k","size":"big"}',
  records:
    '{"records":[{"data":{"ind":7528,"lat":-17.23},"partition-key":"7528"},{"data":"text","partition-key":"1"}]}',
  numbers:
    '{"n":[0,-0,-0.0,1,1.0,1e2,1E-5,123456789012345678901234567890,0.1234567890123456789,9007199254740993,1e400,-1.5e-7,12345678.9,100]}',
  texts: '{"t":["a\\u0000b","\\u007f\\u0080\\u2028","\\ud83d\\ude00","\\t\\n\\r\\b\\f\\/\\\\","é","</script>","\'"]}',
} as const

export type PayloadName = keyof typeof payloads

export const tablePath = join(import.meta.dirname, 'velocity-table.json')

export const velocityTable = JSON.parse(readFileSync(tablePath, 'utf8')) as readonly VelocityRow[]
