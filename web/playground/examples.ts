/** An operation that GraphiQL opens with. */
export interface Example {
	query: string;
	variables: Record<string, unknown>;
}

/** The rescue that the examples read, change and delete. */
interface Target {
	id: string;
	version: number;
}

/**
 * The operations that GraphiQL opens with: each runs as it is, and on an empty service they do from left to right.
 * @param target a rescue that exists
 * @param note comes before the operations that write
 */
export const examples = (target: Target = { id: "1", version: 1 }, note = ""): Example[] => [
	{
		query: `# The animals that can be adopted, the newest first. Ctrl-Enter runs it.
query ListRescues($filter: RescueFilter, $sort: RescueSort, $first: Int, $after: String) {
  rescues(filter: $filter, sort: $sort, first: $first, after: $after) {
    totalCount
    pageInfo {
      hasNextPage
      endCursor
    }
    nodes {
      id
      name
      species
      breed
      age
      status
    }
  }
}
`,
		variables: { filter: { status: ["AVAILABLE", "FOSTERED"] }, sort: "CREATED_AT_DESC", first: 10, after: null },
	},
	{
		query: `# One animal; null when there is none with this id.
query GetRescue($id: ID!) {
  rescue(id: $id) {
    id
    name
    species
    breed
    age
    sex
    size
    status
    description
    photos
    version
    createdAt
    updatedAt
  }
}
`,
		variables: { id: target.id },
	},
	{
		query: `${note}# A new animal. Name, age and species are enough; the id is assigned.
mutation CreateRescue($input: CreateRescueInput!) {
  createRescue(input: $input) {
    id
    name
    status
    version
    createdAt
  }
}
`,
		variables: {
			input: {
				name: "Biscuit",
				age: 2,
				species: "dog",
				breed: "Beagle mix",
				sex: "FEMALE",
				size: "MEDIUM",
				status: "AVAILABLE",
				description: "Follows her nose, then you.",
			},
		},
	},
	{
		query: `${note}# Changes what the input names, keeps the rest; null clears. With ifVersion it is refused (VERSION_MISMATCH)
# if someone else has changed the animal meanwhile: so it is when you run this twice.
mutation UpdateRescue($id: ID!, $input: UpdateRescueInput!, $ifVersion: Int) {
  updateRescue(id: $id, input: $input, ifVersion: $ifVersion) {
    id
    name
    status
    version
    updatedAt
  }
}
`,
		variables: { id: target.id, input: { status: "PENDING" }, ifVersion: target.version },
	},
	{
		query: `${note}# Deletes the animal that the variables name, and gives what it was.
mutation DeleteRescue($id: ID!) {
  deleteRescue(id: $id) {
    id
    name
    version
  }
}
`,
		variables: { id: target.id },
	},
];
