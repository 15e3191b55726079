import type { Caller, CallerEvents } from './caller.js';
import { HttpSseCaller } from './http-sse-caller.js';
import { ModernCaller } from './modern-caller.js';
import { SessionCaller } from './session-caller.js';
import type { Target } from './target.js';

export function startCaller(target: Target, events: CallerEvents): Caller {
  switch (target.dialect) {
    case 'modern':
      return new ModernCaller(target, events);
    case 'session':
      return new SessionCaller(target, events);
    case 'http-sse':
      return new HttpSseCaller(target, events);
  }
}
