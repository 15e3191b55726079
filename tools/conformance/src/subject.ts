/** Something that serves the fixture at a URL. */
export interface Subject {
  url: string;
  stop(): Promise<void>;
}
