/** A document that takes more than a thread has to spare that it shares with others: it needs one of its own. */
export class UnfitForSharing extends Error {}
