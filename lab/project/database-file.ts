import { stringify } from 'yaml'
import { type Credentials, type Profile } from '../../contract/index.ts'

/** The text of db_creds.yaml, as `lab creds` prints it. */
export const databaseText = ({ mysql }: Profile, { mysqlPassword }: Credentials): string =>
  stringify({
    HOST: mysql.host,
    USER: mysql.user,
    PASSWORD: mysqlPassword,
    DATABASE: mysql.database,
    PORT: mysql.port,
  })
