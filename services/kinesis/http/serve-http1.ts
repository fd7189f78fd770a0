import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { type ByteBudget } from './byte-budget.ts'
import { answerHeaders, answerWithin, type Handler, type HttpAnswer } from './exchange.ts'
import { readBody } from './read-body.ts'
import { refusalAnswer } from './refusals.ts'

const headersTimeoutMs = 10_000
const requestTimeoutMs = 60_000
/** Longer than the clients keep an idle connection: they then close it, and never send into one that closes. */
const keepAliveTimeoutMs = 75_000

export function http1Server(handler: Handler, budget: ByteBudget): Server {
  return createServer(
    {
      headersTimeout: headersTimeoutMs,
      requestTimeout: requestTimeoutMs,
      keepAliveTimeout: keepAliveTimeoutMs,
      noDelay: true,
    },
    (request, response) => {
      serve(request, response, handler, budget)
    },
  )
}

function serve(request: IncomingMessage, response: ServerResponse, handler: Handler, budget: ByteBudget): void {
  const loan = budget.open()
  response.once('close', () => {
    loan.close()
  })
  readBody(request, loan, (body) => {
    if (typeof body === 'string') {
      response.shouldKeepAlive = false
      send(response, refusalAnswer(body))
      return
    }
    const { method = '', url = '/', headers } = request
    answerWithin(loan, { method, target: url, headers, body }, handler, (answer) => {
      send(response, answer)
    })
  })
}

function send(response: ServerResponse, answer: HttpAnswer): void {
  response.writeHead(answer.status, answerHeaders(answer)).end(answer.body)
}
