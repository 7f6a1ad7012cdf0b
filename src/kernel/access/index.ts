export { fold, OPERATOR_ROLE, type PartyState, PERSONAL_ROLE_TITLES, PERSONAL_ROLES } from './model.ts';
export {
  createParty,
  getParty,
  lockParty,
  type NewParty,
  type Party,
  partiesById,
  partyByUscc,
  setPartyState,
} from './parties.ts';
export { PASSWORD_LENGTH_MAX, PASSWORD_LENGTH_MIN } from './passwords.ts';
export { createPerson, getPerson, lockPerson, type NewPerson, type Person } from './people.ts';
export { checkUscc, usccCheckCharacter } from './uscc.ts';
