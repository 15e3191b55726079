import { Body, Controller, Delete, Get, Headers, HttpCode, Param, Post, Put, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { ChangeDesiredState, ReadServers, UpdateServer, type DesiredChange } from '@mcp-hub/application';
import { CurrentPrincipal, type Principal } from '@mcp-hub/platform';
import { checkIfMatch, entityTagOf } from './entity-tag.js';
import { readListQuery, writeCursor } from './list-query.js';
import { LoadOutcomes } from './load-outcomes.js';
import { presentDetails, presentListItem } from './present-server.js';
import { UpdateBody } from './publish.dto.js';
import { RegistrySettings } from './registry-settings.js';
import { WriteAccess } from './write-access.js';

/** `/v0/servers`: reads entries with their status, changes what should run (hub-api.md, section 2). */
@Controller('v0/servers')
export class ServersController {
  constructor(
    private readonly servers: ReadServers,
    private readonly update: UpdateServer,
    private readonly change: ChangeDesiredState,
    private readonly outcomes: LoadOutcomes,
    private readonly settings: RegistrySettings,
    private readonly access: WriteAccess,
  ) {}

  @Get()
  async list(@Query() query: Record<string, unknown>): Promise<Record<string, unknown>> {
    const { limit, afterId, filter } = readListQuery(query);
    const { items, nextAfterId } = await this.servers.list(filter, limit, afterId);
    return {
      servers: items.map((item) => presentListItem(item, this.settings.endpointOf)),
      metadata: {
        next_cursor: nextAfterId === undefined ? null : writeCursor(nextAfterId),
        count: items.length,
      },
    };
  }

  @Get(':id')
  async details(
    @Param('id') id: string,
    @Query('include') include: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Record<string, unknown>> {
    const details = await this.servers.details(id, { includeSpec: include === 'spec' });
    void reply.header('etag', entityTagOf(details.record));
    return presentDetails(details, this.settings.endpointOf);
  }

  @Put(':id')
  async replace(
    @Param('id') id: string,
    @Body() body: UpdateBody,
    @Headers('if-match') ifMatch: string | undefined,
    @CurrentPrincipal() principal: Principal,
  ): Promise<Record<string, unknown>> {
    const { record, warnings } = await this.update.execute(id, body.document, {
      stored: (current) => {
        this.access.check(principal, current.entry);
        checkIfMatch(ifMatch, current);
      },
      changed: (entry) => {
        this.access.check(principal, entry);
      },
    });
    return { message: 'Server updated successfully', id, generation: record.generation, warnings };
  }

  @Delete(':id')
  async remove(@Param('id') id: string, @CurrentPrincipal() principal: Principal): Promise<Record<string, unknown>> {
    await this.access.checkServer(principal, id);
    const record = await this.change.execute(id, 'delete');
    return { message: 'Server deleted successfully', id, generation: record.generation };
  }

  @Post(':id/enable')
  @HttpCode(202)
  async enable(
    @Param('id') id: string,
    @Query('wait') wait: string | undefined,
    @CurrentPrincipal() principal: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Record<string, unknown>> {
    return this.changeTo('enable', id, wait, principal, reply);
  }

  @Post(':id/disable')
  @HttpCode(202)
  async disable(
    @Param('id') id: string,
    @Query('wait') wait: string | undefined,
    @CurrentPrincipal() principal: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Record<string, unknown>> {
    return this.changeTo('disable', id, wait, principal, reply);
  }

  @Post(':id/reload')
  @HttpCode(202)
  async reload(
    @Param('id') id: string,
    @Query('wait') wait: string | undefined,
    @CurrentPrincipal() principal: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Record<string, unknown>> {
    return this.changeTo('reload', id, wait, principal, reply);
  }

  /** 202 at once, or 200 when it was waited for. */
  private async changeTo(
    change: DesiredChange,
    id: string,
    wait: string | undefined,
    principal: Principal,
    reply: FastifyReply,
  ): Promise<Record<string, unknown>> {
    await this.access.checkServer(principal, id);
    const record = await this.change.execute(id, change);
    if (wait === 'true' || wait === '1' || wait === '') {
      await this.outcomes.settled(record);
      void reply.code(200);
    }
    return { id: record.id, generation: record.generation, ...(await this.outcomes.present(record.id)) };
  }
}
