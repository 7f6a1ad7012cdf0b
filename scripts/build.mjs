// npm run build: packages, server and web application, whatever changed.
import { prepare } from './prepare.mjs';

prepare();
