/** How each column of the file is read. */
import { examplesOf, type ImportFile, labelOf } from "./file.ts";

/** A table of the file's columns: the heading, what it is taken for, and what its first values are read as. */
export function Columns({ file }: { file: ImportFile }) {
	const { rows, columns, readings } = file;
	return (
		<>
			<p>{`${rows.length.toLocaleString("en")} ${rows.length === 1 ? "row" : "rows"}. This is how the columns are read:`}</p>
			<section class="scroll" aria-label="Columns">
				<table>
					<thead>
						<tr>
							<th scope="col">In the file</th>
							<th scope="col">Is read as</th>
							<th scope="col">For example</th>
						</tr>
					</thead>
					<tbody>
						{columns.map(({ heading, field }) => {
							const reading = readings.find((text) => text.startsWith(`${heading.trim().slice(0, 40)}: `));
							return (
								<tr key={heading} class={field ? "" : "left-out"}>
									<th scope="row">{heading}</th>
									<td>
										{field ? labelOf(field) : "Left out: nothing here is called so"}
										{reading && <span class="hint"> {`as ${reading.split(": ").at(-1)}`}</span>}
									</td>
									<td class="examples">{field ? examplesOf(rows, field).join(" · ") || "nothing" : ""}</td>
								</tr>
							);
						})}
					</tbody>
				</table>
			</section>
		</>
	);
}
