import { stringify } from 'yaml'
import { type Credentials, type Profile } from '../../contract/index.ts'

/** What a course's db_creds.yaml holds. */
export const databaseValues = ({ mysql }: Profile, { mysqlPassword }: Credentials) => ({
  HOST: mysql.host,
  USER: mysql.user,
  PASSWORD: mysqlPassword,
  DATABASE: mysql.database,
  PORT: mysql.port,
})

/** The text of db_creds.yaml, as `lab creds` prints it. */
export const databaseText = (profile: Profile, credentials: Credentials): string =>
  stringify(databaseValues(profile, credentials))
