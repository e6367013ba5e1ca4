/** Peers with an adaptor, by the names of their files. */
export const PEER_NAMES = ['collector', 'jaeger', 'phoenix', 'mlflow'] as const;
