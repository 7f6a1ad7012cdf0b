import pg from 'pg';

const INT8 = 20;
const DATE = 1082;

// Numbers of the law and of money fit a JavaScript number below 2^53; beyond it they stay text. What is read as text by
// mistake compares as text ("9" > "21"): every connection of the house is opened with the driver as it leaves this file.
pg.types.setTypeParser(INT8, (text) => {
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : (text as unknown as number);
});
pg.types.setTypeParser(DATE, (text) => text);

/** The database driver, told how the house reads whole numbers and days. */
export { pg };
