import { Body, Controller, Post } from '@nestjs/common';
import { PublishServer } from '@mcp-hub/application';
import { CurrentPrincipal, type Principal } from '@mcp-hub/platform';
import { LoadOutcomes } from './load-outcomes.js';
import { entryOf, PublishBody } from './publish.dto.js';
import { WriteAccess } from './write-access.js';

/** `POST /v0/publish`: takes an entry into the registry (hub-api.md, section 2). */
@Controller('v0/publish')
export class PublishController {
  constructor(
    private readonly publish: PublishServer,
    private readonly outcomes: LoadOutcomes,
    private readonly access: WriteAccess,
  ) {}

  @Post()
  async execute(@Body() body: PublishBody, @CurrentPrincipal() principal: Principal): Promise<Record<string, unknown>> {
    const { record, warnings } = await this.publish.execute(entryOf(body.document), {
      check: (entry) => {
        this.access.check(principal, entry);
      },
    });
    const answer = {
      message: 'Server publication successful',
      id: record.id,
      generation: record.generation,
      warnings,
    };
    if (body.load_immediately !== true || record.desired !== 'enabled') return answer;
    await this.outcomes.settled(record);
    return { ...answer, ...(await this.outcomes.present(record.id)) };
  }
}
