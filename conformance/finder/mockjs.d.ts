declare module 'mockjs' {
  interface Random {
    readonly cname: () => string;
    readonly county: (prefix: boolean) => string;
    readonly ctitle: (min: number, max: number) => string;
    readonly csentence: (min: number, max: number) => string;
  }
  const Mock: { readonly Random: Random };
  export default Mock;
}
