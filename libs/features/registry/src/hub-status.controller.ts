import { Controller, Get, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Clock, everyServer, LoadQueue, ReadServers, RegistryStore } from '@mcp-hub/application';
import { OpenToAll } from '@mcp-hub/platform';
import { presentFailure } from './present-server.js';
import { RegistrySettings } from './registry-settings.js';

/** `/v0/health`, `/v0/ping`, `/v0/status` (hub-api.md, section 2). */
@Controller('v0')
export class HubStatusController {
  private readonly startedAt: number;

  constructor(
    private readonly servers: ReadServers,
    private readonly store: RegistryStore,
    private readonly queue: LoadQueue,
    private readonly clock: Clock,
    private readonly settings: RegistrySettings,
  ) {
    this.startedAt = clock.now();
  }

  @Get('health')
  @OpenToAll()
  async health(@Res({ passthrough: true }) reply: FastifyReply): Promise<Record<string, unknown>> {
    const [isStoreHealthy, isQueueHealthy] = await Promise.all([answers(this.store), answers(this.queue)]);
    const hub = { total_servers: 0, loaded_servers: 0, healthy_servers: 0 };
    let isAllHealthy = true;
    if (isStoreHealthy) {
      for await (const { record, status } of everyServer(this.servers)) {
        hub.total_servers++;
        const isLoaded = status.status === 'healthy' || status.status === 'degraded';
        if (isLoaded) hub.loaded_servers++;
        if (status.status === 'healthy') hub.healthy_servers++;
        else if (record.desired === 'enabled') isAllHealthy = false;
      }
    } else {
      void reply.code(503);
    }
    return {
      status: isStoreHealthy ? (isAllHealthy && isQueueHealthy ? 'ok' : 'degraded') : 'unhealthy',
      components: {
        database: isStoreHealthy ? 'healthy' : 'unhealthy',
        queue: isQueueHealthy ? 'healthy' : 'unhealthy',
        hub,
      },
      version: this.settings.hub.version,
    };
  }

  @Get('ping')
  @OpenToAll()
  ping(): Record<string, unknown> {
    const { environment, version } = this.settings.hub;
    return { environment, version: `registry-${version}`, pong: true };
  }

  @Get('status')
  async status(): Promise<Record<string, unknown>> {
    const servers: Record<string, unknown> = {};
    const stats = { total_registered: 0, total_loaded: 0, healthy: 0, failed: 0 };
    for await (const { record, status } of everyServer(this.servers)) {
      servers[record.id] = {
        name: record.entry.name,
        status: status.status,
        loaded_at: status.loadedAt ?? null,
        error: status.failure?.message ?? null,
        ...(status.failure ? { status_detail: presentFailure(status.failure) } : {}),
      };
      stats.total_registered++;
      if (status.status === 'healthy' || status.status === 'degraded') stats.total_loaded++;
      if (status.status === 'healthy') stats.healthy++;
      if (status.status === 'failed') stats.failed++;
    }
    const uptime = Math.floor((this.clock.now() - this.startedAt) / 1000);
    return { hub: { name: this.settings.hub.name, uptime }, servers, stats };
  }
}

async function answers(part: { ping(): Promise<void> }): Promise<boolean> {
  try {
    await part.ping();
    return true;
  } catch {
    // That it does not answer is the answer.
    return false;
  }
}
