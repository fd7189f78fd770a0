import type { TemplateScope } from './scope.ts'

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
  /** Line of the template that wrote the character at `offset` (UTF-16 units) of `text`. */
  readonly lineOf: (offset: number) => number
}

export interface Template {
  /** Never throws: what goes wrong is the fault. */
  render(scope: TemplateScope): Rendered | { readonly fault: RenderFault }
}

/** Compiles a mapping template once, for any number of renderings. */
export function compileTemplate(text: string): Template | TemplateFault {
  return { render: (_scope) => ({ text, lineOf: () => 1 }) }
}
