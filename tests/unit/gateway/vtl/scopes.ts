import { Overrides, type TemplateScope } from '../../../../services/gateway/vtl/scope.ts'
import { compileTemplate, type Rendered, type RenderFault } from '../../../../services/gateway/vtl/template.ts'

export const scope = (parts: Partial<TemplateScope> = {}): TemplateScope => ({
  body: '',
  pathParameters: new Map(),
  queryParameters: new Map(),
  headers: new Map(),
  context: {},
  stageVariables: {},
  overrides: new Overrides(),
  ...parts,
})

export function run(template: string, parts: Partial<TemplateScope> = {}): Rendered | { readonly fault: RenderFault } {
  const compiled = compileTemplate(template)
  if ('why' in compiled) throw new Error(JSON.stringify(compiled))
  return compiled.render(scope(parts))
}

/** The text a template renders to. @throws Error when it does not */
export function rendered(template: string, parts: Partial<TemplateScope> = {}): string {
  const result = run(template, parts)
  if ('fault' in result) throw new Error(JSON.stringify(result.fault))
  return result.text
}

/** As `rendered`, null for a template that is refused or fails. */
export function renderedOrNull(template: string, body: string): string | null {
  const compiled = compileTemplate(template)
  if ('why' in compiled) return null
  const result = compiled.render(scope({ body }))
  return 'fault' in result ? null : result.text
}
