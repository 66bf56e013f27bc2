/** The rows that can't be brought in, and why. */
import type { ImportFile } from "./file.ts";
import { downloadReport, type Line } from "./report.ts";

/** How many lines the page shows; the file has them all. */
const SHOWN = 50;

/** Nothing when every row is good. */
export function Problems({ file, lines }: { file: ImportFile; lines: Line[] }) {
	if (lines.length === 0) return null;
	return (
		<div class="problems">
			<h3>Rows that can’t be brought in</h3>
			<p class="hint">
				Correct them in your spreadsheet and bring the file in again, or go on without them: the others don’t depend on
				them.
			</p>
			<section class="scroll" aria-label="Rows that can’t be brought in">
				<table>
					<thead>
						<tr>
							<th scope="col">Row</th>
							<th scope="col">Animal</th>
							<th scope="col">Column</th>
							<th scope="col">What is wrong</th>
						</tr>
					</thead>
					<tbody>
						{lines.slice(0, SHOWN).map((line, index) => (
							<tr key={`${line.row} ${index}`}>
								<td>{line.row}</td>
								<td>{line.name}</td>
								<td>{line.column}</td>
								<td>{line.problem}</td>
							</tr>
						))}
					</tbody>
				</table>
			</section>
			<p>
				{lines.length > SHOWN && `${(lines.length - SHOWN).toLocaleString("en")} more are in the list. `}
				<button type="button" onClick={() => downloadReport(file, lines)}>
					Download the list
				</button>
			</p>
		</div>
	);
}
