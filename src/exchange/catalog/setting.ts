/** What the catalogue needs of the operator. */
export interface CatalogueSetting {
  /** Imports may reach addresses of private networks. */
  readonly privateAddresses: boolean;
}

let setting: CatalogueSetting = { privateAddresses: false };

export const configureCatalogue = (given: CatalogueSetting): void => {
  setting = given;
};
export const catalogueSetting = (): CatalogueSetting => setting;
