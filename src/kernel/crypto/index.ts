export { requireSoundSm } from './self-test.ts';
export { generateSm2Key, type Sm2PrivateKey, sm2KeyOf, sm2PublicFromPem, sm2Sign, sm2SignatureFromDer } from './sm2.ts';
