import { callMethod, itemOf, propertyOf, setMember } from '../methods/members.ts'
import { bounded } from './bounds.ts'
import { isTrue, evaluate } from './expressions.ts'
import { foreach } from './foreach.ts'
import { Output } from './output.ts'
import { macroVariables, type Variables } from './variables.ts'
import type { Block, CallStatement, Macro, Reference, ReferenceStatement, Statement, Step } from '../syntax/nodes.ts'
import { textOf } from '../values/text.ts'
import { EvaluationError, isDeferred, type Nullable, type Value } from '../values/value.ts'

/** How a block ended: at its end, by #break, by #stop. */
export type Ending = 'done' | 'break' | 'stop'

export interface RenderingParts {
  readonly macros: ReadonlyMap<string, Macro>
  readonly variables: Variables
  /** Parses what `#evaluate` is given. @throws EvaluationError */
  readonly parse: (template: string) => Block
}

/** Loops may pass 1,000 × 1,000 times; what maps a payload takes milliseconds. The rest of the gateway waits meanwhile. */
const maxMs = 2_000
/** Statements between two looks at the clock. */
const clockEvery = 16
/** Of macros, #define and #evaluate within each other: velocimacro.max.depth of Velocity 1.7. */
const maxDepth = 20

/** One run of a template. */
export class Rendering {
  readonly output: Output
  /** Line of the statement that runs, for a fault. */
  line = 1
  variables: Variables
  private readonly parts: RenderingParts
  /** Set while a string is interpolated: text is gathered there. */
  private target: Output
  private readonly startedMs = performance.now()
  private statements = 0
  private depth = 0

  constructor(parts: RenderingParts) {
    this.parts = parts
    this.variables = parts.variables
    this.output = new Output()
    this.target = this.output
  }

  run(block: Block): Ending {
    for (const statement of block) {
      this.statements += 1
      this.line = statement.line
      if (this.statements % clockEvery === 0 && performance.now() - this.startedMs > maxMs)
        throw new EvaluationError(`the template runs longer than ${String(maxMs)} ms`)
      const ending = this.perform(statement)
      if (ending !== 'done') return ending
    }
    return 'done'
  }

  /** The text that a block renders to: an interpolated string. */
  textOf(block: Block): string {
    const [only] = block
    if (block.length === 1 && only?.kind === 'reference' && only.prefix === '' && only.escapedAs === undefined) {
      const value = this.valueOf(only.reference)
      if (!isDeferred(value)) return textOf(value)
    }
    const outer = this.target
    const inner = new Output()
    this.target = inner
    try {
      this.run(block)
    } finally {
      this.target = outer
    }
    return inner.text
  }

  /** API Gateway has the empty string wherever a reference has no value. */
  valueOf(reference: Reference): Value {
    let value: Nullable | undefined = this.variables.get(reference.name)
    for (const step of reference.path) {
      if (value === undefined || value === null) return ''
      value = this.follow(value, step)
    }
    return value ?? ''
  }

  private follow(value: Value, step: Step): Nullable | undefined {
    switch (step.kind) {
      case 'property':
        return propertyOf(value, step.name)
      case 'index':
        return itemOf(value, evaluate(step.index, this))
      case 'method':
        return bounded(
          callMethod(
            value,
            step.name,
            step.parameters.map((parameter) => evaluate(parameter, this)),
          ),
        )
    }
  }

  private perform(statement: Statement): Ending {
    switch (statement.kind) {
      case 'text':
        this.target.copy(statement.text, statement.line)
        return 'done'
      case 'reference':
        return this.write(statement)
      case 'set': {
        const value = evaluate(statement.value, this)
        if (value !== null) this.assign(statement.target, value)
        return 'done'
      }
      case 'if': {
        const chosen = statement.branches.find(({ condition }) => isTrue(condition, this))
        return this.run(chosen?.block ?? statement.otherwise ?? [])
      }
      case 'foreach':
        return foreach(statement, this)
      case 'define':
        this.variables.set(statement.variable, { deferred: statement.block })
        return 'done'
      case 'evaluate':
        return this.nested(this.parts.parse(textOf(evaluate(statement.template, this))))
      case 'call':
        return this.call(statement)
      case 'break':
      case 'stop':
        return statement.kind
    }
  }

  private write({ reference, prefix, escapedAs, line }: ReferenceStatement): Ending {
    const value = this.valueOf(reference)
    if (escapedAs === undefined && isDeferred(value)) {
      this.target.write(prefix, line)
      return this.nested(value.deferred)
    }
    this.target.write(prefix + (escapedAs ?? textOf(value)), line)
    return 'done'
  }

  private assign({ name, path }: Reference, value: Value): void {
    const last = path.at(-1)
    if (!last) {
      this.variables.set(name, value)
      return
    }
    let target: Nullable | undefined = this.variables.get(name)
    for (const step of path.slice(0, -1)) {
      if (target === undefined || target === null) return
      target = this.follow(target, step)
    }
    if (target === undefined || target === null || last.kind === 'method') return
    setMember(target, last.kind === 'property' ? last.name : evaluate(last.index, this), value)
  }

  private call({ name, parameters, source, line }: CallStatement): Ending {
    const macro = this.parts.macros.get(name)
    if (!macro) {
      this.target.copy(source, line)
      return 'done'
    }
    const outer = this.variables
    const inOuter = (parameter: CallStatement['parameters'][number]) => (): Nullable => {
      const inner = this.variables
      this.variables = outer
      try {
        return evaluate(parameter, this)
      } finally {
        this.variables = inner
      }
    }
    this.variables = macroVariables(
      outer,
      new Map(
        macro.parameters.flatMap((parameter, index) => {
          const given = parameters[index]
          return given ? [[parameter, inOuter(given)] as const] : []
        }),
      ),
    )
    try {
      return this.nested(macro.block)
    } finally {
      this.variables = outer
    }
  }

  /** A block with a scope of its own: #break ends it and no more. */
  private nested(block: Block): Ending {
    this.depth += 1
    if (this.depth > maxDepth)
      throw new EvaluationError(`macros and #define call each other more than ${String(maxDepth)} deep`)
    try {
      const ending = this.run(block)
      return ending === 'stop' ? 'stop' : 'done'
    } finally {
      this.depth -= 1
    }
  }
}
