import { contextObject } from './objects/context.ts'
import { inputObject } from './objects/input.ts'
import { utilObject } from './objects/util.ts'
import { Rendering } from './render/rendering.ts'
import { templateVariables } from './render/variables.ts'
import type { TemplateScope } from './scope.ts'
import { SyntaxFault } from './syntax/cursor.ts'
import type { Block } from './syntax/nodes.ts'
import { parseTemplate, type ParsedTemplate } from './syntax/parse-template.ts'
import { EvaluationError, VtlMap, type Nullable } from './values/value.ts'

/** Why a template cannot be compiled; line and column count from 1. */
export interface TemplateFault {
  readonly line: number
  readonly column: number
  readonly why: string
}

/** Why a rendering stopped, and at which line of the template. */
export interface RenderFault {
  readonly line: number
  readonly why: string
}

export interface Rendered {
  readonly text: string
  /** The text in UTF-8. */
  readonly toBytes: () => Buffer
  /** Line of the template that wrote the character at `offset` (UTF-16 units) of `text`. */
  readonly lineOf: (offset: number) => number
}

export interface Template {
  /** Never throws: what goes wrong is the fault. */
  render(scope: TemplateScope): Rendered | { readonly fault: RenderFault }
}

/** Compiles a mapping template once, for any number of renderings. */
export function compileTemplate(text: string): Template | TemplateFault {
  let template: ParsedTemplate
  try {
    template = parseTemplate(text)
  } catch (error) {
    if (error instanceof SyntaxFault) return { line: error.line, column: error.column, why: error.message }
    throw error
  }
  return { render: (scope) => render(template, scope) }
}

function render({ block, macros }: ParsedTemplate, scope: TemplateScope): Rendered | { fault: RenderFault } {
  const rendering = new Rendering({
    macros,
    variables: templateVariables((name) => objectNamed(name, scope)),
    parse: parseEvaluated,
  })
  try {
    rendering.run(block)
  } catch (error) {
    if (error instanceof EvaluationError) return { fault: { line: rendering.line, why: error.message } }
    // the engine's own bounds: a stack too deep, a string too long
    if (error instanceof RangeError) return { fault: { line: rendering.line, why: error.message } }
    throw error
  }
  return rendering.output
}

function objectNamed(name: string, scope: TemplateScope): Nullable | undefined {
  switch (name) {
    case 'input':
      return inputObject(scope)
    case 'util':
      return utilObject
    case 'context':
      return contextObject(scope)
    case 'stageVariables':
      return new VtlMap(Object.entries(scope.stageVariables))
    default:
      return undefined
  }
}

/** Macros of an evaluated template are not kept. */
function parseEvaluated(text: string): Block {
  try {
    return parseTemplate(text).block
  } catch (error) {
    if (error instanceof SyntaxFault) throw new EvaluationError(`#evaluate: ${error.message}`)
    throw error
  }
}
