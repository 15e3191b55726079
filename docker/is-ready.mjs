// The health check of the images: exit code 0 while /readyz answers 200. Arguments: the section of the configuration
// that says on which port the service listens, and its default.
const [section, defaultPort] = process.argv.slice(2);
const port = process.env[`MCP_REGISTRY_${section}_PORT`] || defaultPort;
try {
  const response = await fetch(`http://127.0.0.1:${port}/readyz`, { signal: AbortSignal.timeout(4_000) });
  process.exitCode = response.ok ? 0 : 1;
} catch {
  // Nobody listens, or it takes too long.
  process.exitCode = 1;
}
