import { afterEach, beforeEach } from "vitest";
import { begin, end } from "./hard.ts";

beforeEach(begin);
afterEach(end);
