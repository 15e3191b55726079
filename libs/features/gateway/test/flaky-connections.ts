import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** A network path on which connections break at random: while a request is passed on, while its answer is, or while idle. */
export class FlakyConnections {
  /** How often a connection broke. */
  breaks = 0;
  private readonly server: Server;
  private readonly open = new Set<Socket>();

  private constructor(
    private readonly port: number,
    private readonly random: () => number,
  ) {
    this.server = createServer((near) => this.join(near));
  }

  static async to(port: number, random: () => number): Promise<FlakyConnections> {
    const path = new FlakyConnections(port, random);
    await new Promise<void>((resolve) => path.server.listen(0, '127.0.0.1', resolve));
    return path;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    for (const socket of this.open) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private join(near: Socket): void {
    const far = connect(this.port, '127.0.0.1');
    for (const socket of [near, far]) {
      this.open.add(socket);
      socket.on('error', () => undefined);
      socket.once('close', () => {
        this.open.delete(socket);
        near.destroy();
      });
    }
    near.on('data', (chunk: Buffer) => this.pass(chunk, far, near));
    far.on('data', (chunk: Buffer) => this.pass(chunk, near, near));
    near.once('close', () => far.end());
  }

  /** One time in eight it breaks off at the side of the gateway, before, in the middle of, or after the bytes. */
  private pass(chunk: Buffer, to: Socket, near: Socket): void {
    if (this.random() >= 1 / 8) {
      to.write(chunk);
      return;
    }
    this.breaks += 1;
    const dice = this.random();
    const passed = dice < 1 / 3 ? 0 : dice < 2 / 3 ? Math.floor(chunk.length / 2) : chunk.length;
    if (passed > 0) to.write(chunk.subarray(0, passed));
    if (to === near) near.destroySoon();
    else near.resetAndDestroy();
  }
}
