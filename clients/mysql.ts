import mysql, { type Connection, type Pool, type PoolOptions } from 'mysql2/promise'

export type { Connection, Pool, ResultSetHeader, RowDataPacket } from 'mysql2/promise'

export interface MysqlOptions {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
  readonly database?: string
}

// DATETIME comes back as the text MySQL holds, so no time zone of this machine touches it.
const settings = (options: MysqlOptions): PoolOptions => ({
  ...options,
  charset: 'utf8mb4',
  dateStrings: true,
  connectTimeout: 5_000,
})

export const mysqlConnection = async (options: MysqlOptions): Promise<Connection> =>
  mysql.createConnection(settings(options))

export const mysqlPool = (options: MysqlOptions, connectionLimit: number): Pool =>
  mysql.createPool({ ...settings(options), connectionLimit })
