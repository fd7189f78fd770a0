export * from './entities.ts'
export * from './errors.ts'
export * from './profile.ts'
export * from './records.ts'
