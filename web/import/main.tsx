/** The page on which a spreadsheet is brought in: choose a file, see how it is read and what would happen, bring it in. */
import { render } from "hono/jsx/dom";
import { byId } from "../shared/element.ts";
import { refreshMe } from "../shared/session.ts";
import { SignIn } from "../shared/sign-in.tsx";
import { Import } from "./import.tsx";

render(<SignIn />, byId("session"));
await refreshMe();
render(<Import />, byId("import"));
