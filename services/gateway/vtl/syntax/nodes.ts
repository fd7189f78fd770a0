/** A template's statements in order. */
export type Block = readonly Statement[]

export type Statement =
  | Text
  | ReferenceStatement
  | SetStatement
  | IfStatement
  | ForeachStatement
  | DefineStatement
  | EvaluateStatement
  | CallStatement
  | { readonly kind: 'break' | 'stop'; readonly line: number }

export interface Text {
  readonly kind: 'text'
  readonly line: number
  readonly text: string
}

export interface ReferenceStatement {
  readonly kind: 'reference'
  readonly line: number
  readonly reference: Reference
  /** Text before the value: backslashes that stand for themselves, further dollar signs. */
  readonly prefix: string
  /** What is written in place of the value when a backslash took its meaning away. */
  readonly escapedAs: string | undefined
}

export interface SetStatement {
  readonly kind: 'set'
  readonly line: number
  readonly target: Reference
  readonly value: Expression
}

export interface IfStatement {
  readonly kind: 'if'
  readonly line: number
  readonly branches: readonly { readonly condition: Expression; readonly block: Block }[]
  readonly otherwise: Block | undefined
}

export interface ForeachStatement {
  readonly kind: 'foreach'
  readonly line: number
  readonly variable: string
  readonly items: Expression
  readonly block: Block
}

export interface DefineStatement {
  readonly kind: 'define'
  readonly line: number
  readonly variable: string
  readonly block: Block
}

export interface EvaluateStatement {
  readonly kind: 'evaluate'
  readonly line: number
  readonly template: Expression
}

/** `#name(...)`, of a macro or of nothing: then `source` is written as it stands. */
export interface CallStatement {
  readonly kind: 'call'
  readonly line: number
  readonly name: string
  readonly parameters: readonly Expression[]
  readonly source: string
}

export interface Macro {
  readonly name: string
  readonly parameters: readonly string[]
  readonly block: Block
}

export interface Reference {
  readonly kind: 'value'
  readonly line: number
  readonly name: string
  readonly path: readonly Step[]
}

export type Step =
  | { readonly kind: 'property'; readonly name: string }
  | { readonly kind: 'method'; readonly name: string; readonly parameters: readonly Expression[] }
  | { readonly kind: 'index'; readonly index: Expression }

export type RelationalOperator = '<' | '>' | '<=' | '>='
export type ArithmeticOperator = '+' | '-' | '*' | '/' | '%'
export type BinaryOperator = '||' | '&&' | '==' | '!=' | RelationalOperator | ArithmeticOperator

export type Expression =
  | Reference
  | { readonly kind: 'constant'; readonly value: string | bigint | number | boolean }
  | { readonly kind: 'interpolation'; readonly block: Block }
  | { readonly kind: 'list'; readonly items: readonly Expression[] }
  | { readonly kind: 'range'; readonly line: number; readonly from: Expression; readonly to: Expression }
  | { readonly kind: 'map'; readonly entries: readonly (readonly [Expression, Expression])[] }
  | { readonly kind: 'not'; readonly operand: Expression }
  | {
      readonly kind: 'binary'
      readonly line: number
      readonly operator: BinaryOperator
      readonly left: Expression
      readonly right: Expression
    }
