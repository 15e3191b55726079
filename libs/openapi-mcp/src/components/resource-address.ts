import type { ResourceComponent, ResourceTemplateComponent } from './component.js';

/**
 * What tells resources and templates apart, and is the same for a template and what it expands to: the name, with a
 * slash where path variables follow. No two components of a conversion have one (openapi-to-mcp.md, section 7).
 *
 * @param uri of a resource, or a URI template; undefined where it is none of this server's
 */
export function resourceAddress(uri: string): string | undefined {
  return /^resource:\/\/([^/?{]+\/?)/.exec(uri)?.[1];
}

/** The same of a component. */
export function addressOf(component: ResourceComponent | ResourceTemplateComponent): string {
  return resourceAddress(component.kind === 'resource' ? component.uri : component.uriTemplate) ?? component.name;
}
