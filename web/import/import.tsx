/** The steps of an import: choose, look, bring in, done. What is chosen stays until one leaves; leaving half-way asks. */
import { useLayoutEffect, useRef, useState } from "hono/jsx";
import type { Problem } from "../shared/api.ts";
import { may, useMe } from "../shared/session.ts";
import { askToSignIn } from "../shared/sign-in.tsx";
import { Choose } from "./choose.tsx";
import { Columns } from "./columns.tsx";
import { Problems } from "./problems.tsx";
import { toLines } from "./report.ts";
import { newSending, type Sending, send } from "./sending.ts";

type Step =
	| { at: "choosing" }
	| { at: "checking" | "checked"; check: Sending }
	| { at: "importing" | "done"; check: Sending; sending: Sending };

/** The page's content: for who may write; others are asked to sign in. */
export function Import() {
	useMe();
	const [step, setStep] = useState<Step>({ at: "choosing" });
	const [done, setDone] = useState(0);
	const stop = useRef(new AbortController());
	const heading = useRef<HTMLHeadingElement>(null);
	const isSending = step.at === "importing" && step.sending.outcome.problem === null;
	// Where the person is goes with the step, for who can't see it.
	useLayoutEffect(() => {
		if (step.at !== "choosing") heading.current?.focus();
	}, [step.at]);
	useLayoutEffect(() => {
		if (!isSending) return;
		const ask = (event: Event) => event.preventDefault();
		addEventListener("beforeunload", ask);
		return () => removeEventListener("beforeunload", ask);
	}, [isSending]);

	if (!may("write")) return <Visitor />;
	if (step.at === "choosing") return <Choose chosen={(file) => void check(newSending(file, true))} />;

	async function check(sending: Sending) {
		stop.current = new AbortController();
		setStep({ at: "checking", check: sending });
		await send(sending, stop.current.signal, setDone);
		setStep({ at: "checked", check: sending });
	}
	async function bringIn(check: Sending, sending: Sending) {
		stop.current = new AbortController();
		setStep({ at: "importing", check, sending });
		await send(sending, stop.current.signal, setDone);
		setStep({ at: "done", check, sending });
	}
	const again = () => setStep({ at: "choosing" });
	const { file, outcome } = step.check;
	const all = file.rows.length;

	// A button without a key would become another one, with the focus on it.
	if (step.at === "importing" || step.at === "done") {
		const { sending } = step;
		const { report, problem, done: landed } = sending.outcome;
		const isOver = step.at === "done";
		return (
			<section class="card step">
				<h2 ref={heading} tabIndex={-1}>
					{isOver ? (landed < all ? "Not all rows are in" : "Done") : `Bringing in ${file.name}`}
				</h2>
				<Progress done={isOver ? landed : done} all={all} />
				{isOver && <Counts report={report} words={["added", "changed", "were the same already", "left out"]} />}
				{problem && <Trouble problem={problem} done={landed} retry={() => void bringIn(step.check, sending)} />}
				{isOver && !problem && landed < all && (
					<p>
						You stopped it: {landed.toLocaleString("en")} of {inWords(all, "row")} are in. Bringing in the same file
						again is safe where its rows have a number or an id of their own.
					</p>
				)}
				<Problems file={file} lines={toLines(file, report)} />
				<div class="buttons">
					{!isOver && (
						<button key="stop" type="button" onClick={() => stop.current.abort()}>
							Stop
						</button>
					)}
					{isOver && !problem && landed < all && (
						<button key="go on" type="button" class="primary" onClick={() => void bringIn(step.check, sending)}>
							Go on
						</button>
					)}
					{isOver && (
						<button key="again" type="button" onClick={again}>
							Another file
						</button>
					)}
					{isOver && landed === all && (
						<a key="see" class="button primary" href="/?sort=-updatedAt">
							See the animals
						</a>
					)}
				</div>
			</section>
		);
	}

	const isChecked = step.at === "checked" && outcome.problem === null && outcome.done === all;
	const lines = toLines(file, outcome.report);
	const good = all - outcome.report.failed;
	return (
		<>
			<section class="card step" aria-labelledby="file">
				<h2 id="file" ref={heading} tabIndex={-1}>
					{file.name}
				</h2>
				{file.isGuessed && (
					<p class="notice">
						This file isn’t in UTF-8: it was read the way Excel saves plain CSV. Check names with accents below; if they
						look wrong, save it as “CSV UTF-8” and choose it again.
					</p>
				)}
				<Columns file={file} />
			</section>
			<section class="card step" aria-labelledby="would">
				<h2 id="would">What would happen</h2>
				{step.at === "checking" && <Progress done={done} all={all} />}
				{outcome.problem && (
					<Trouble problem={outcome.problem} done={outcome.done} retry={() => void check(step.check)} />
				)}
				{isChecked && (
					<>
						<Counts
							report={outcome.report}
							words={["would be added", "would be changed", "are the same already", "can’t be brought in"]}
						/>
						<Problems file={file} lines={lines} />
					</>
				)}
				<div class="buttons">
					<button key="again" type="button" onClick={again}>
						Another file
					</button>
					<button
						key="bring in"
						type="button"
						class="primary"
						disabled={!isChecked || good === 0}
						onClick={() => void bringIn(step.check, newSending(file, false))}
					>
						{`Bring in ${outcome.report.failed > 0 && isChecked ? `the ${inWords(good, "good row")}` : inWords(all, "row")}`}
					</button>
				</div>
			</section>
		</>
	);
}

const inWords = (count: number, what: string) => `${count.toLocaleString("en")} ${what}${count === 1 ? "" : "s"}`;

function Visitor() {
	return (
		<section class="card step">
			<p>To bring animals in you have to be signed in with a key that may make changes.</p>
			<div class="buttons">
				<button type="button" class="primary" onClick={() => void askToSignIn()}>
					Sign in
				</button>
			</div>
		</section>
	);
}

function Progress({ done, all }: { done: number; all: number }) {
	return (
		<p class="progress">
			<progress aria-label="Rows" value={done} max={all} />{" "}
			<span role="status">{`${done.toLocaleString("en")} of ${inWords(all, "row")}`}</span>
		</p>
	);
}

function Counts({ report, words }: { report: Sending["outcome"]["report"]; words: string[] }) {
	const counts = [report.created, report.updated, report.unchanged, report.failed];
	return (
		<ul class="counts">
			{counts.map((count, index) => (
				<li key={words[index]} class={index === 3 && count > 0 ? "bad" : ""}>
					<strong>{count.toLocaleString("en")}</strong> {words[index]}
				</li>
			))}
		</ul>
	);
}

interface Stopped {
	problem: Problem;
	done: number;
	retry: () => void;
}

function Trouble({ problem, done, retry }: Stopped) {
	const isSignedOut = ["UNAUTHENTICATED", "FORBIDDEN"].includes(problem.code);
	const goOn = async () => {
		if (!isSignedOut || (await askToSignIn("This needs a key that may make changes."))) retry();
	};
	return (
		<div class="trouble" role="alert">
			<p>
				{isSignedOut ? "You have been signed out." : problem.detail}
				{done > 0 && ` ${done.toLocaleString("en")} rows were done before that, and are not lost.`}
			</p>
			<button type="button" onClick={() => void goOn()}>
				{isSignedOut ? "Sign in and go on" : "Try again"}
			</button>
		</div>
	);
}
