import { jarTool } from './jars.ts'
import { pins } from './pins.ts'

export const kafka = jarTool({ name: `Kafka ${pins.kafka.version}`, folder: 'kafka', pins: 'kafka' })
