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
		query: `# Animals to adopt, the newest first.
query ListRescues($filter: RescueFilter, $first: Int) {
  rescues(
    filter: $filter
    first: $first
    sort: CREATED_AT_DESC
  ) {
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
		variables: { filter: { status: ["AVAILABLE", "FOSTERED"] }, first: 10 },
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
		query: `${note}# A new animal. Name, age and species are enough;
# the id is assigned.
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
				// Not needed, but GraphiQL takes what has a default for required, and would underline its absence.
				photos: [],
			},
		},
	},
	{
		query: `${note}# Changes what the input names; null clears.
# With ifVersion it is refused if someone else has
# changed the animal meanwhile: run it twice to see.
mutation UpdateRescue(
  $id: ID!
  $input: UpdateRescueInput!
  $ifVersion: Int
) {
  updateRescue(
    id: $id
    input: $input
    ifVersion: $ifVersion
  ) {
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
		query: `${note}# Deletes the animal that the variables name.
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
