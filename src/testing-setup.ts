/**
 * Files of tests share a process, and rooms of the house make themselves known to each other when they are loaded. All of
 * them are, before any test: as in the server, and in whatever order files come.
 */
import './platform.ts';
