export interface AwsAction {
  readonly service: string
  readonly action: string
}

/**
 * Reads `arn:aws:apigateway:<region>:<service>:action/<Action>` ("x-amazon-apigateway-integration object"). The region is the
 * deployment's; here the settings name it.
 *
 * @returns a sentence that names the fault when the uri cannot be used.
 */
export function awsAction(uri: string): AwsAction | string {
  const [, service, action] = /^arn:aws:apigateway:[a-z0-9-]+:([a-z0-9-]+):action\/([A-Za-z0-9]+)$/.exec(uri) ?? []
  return service === undefined || action === undefined
    ? `uri ${uri} is not arn:aws:apigateway:<region>:<service>:action/<Action>`
    : { service, action }
}
