/** An operation that GraphiQL opens with. */
export interface Example {
	query: string;
	variables: Record<string, unknown>;
}

/** The id of no animal: ids begin with 1. */
export const NO_ID = "0";

/**
 * The operations that GraphiQL opens with. From left to right they run as they are, any number of times, and change or delete
 * only what `CreateRescue` has made: its id and version come into the variables of the others (`tabs.ts`).
 * @param id a rescue to read
 * @param note comes before the operations that write
 */
export const examples = (id = "1", note = ""): Example[] => [
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
		variables: { id },
	},
	{
		query: `${note}# A new animal. Name, age and species are enough;
# the id is assigned. UpdateRescue and DeleteRescue
# are about the animal that was made here.
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
				name: "Waffle",
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
		query: `${note}# Changes the animal of CreateRescue: run that first.
# What the input doesn't name stays, null clears.
# With ifVersion it is refused if the animal has been
# changed meanwhile: run it twice to see.
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
		variables: { id: NO_ID, input: { status: "PENDING" }, ifVersion: 1 },
	},
	{
		query: `${note}# Deletes the animal of CreateRescue: run that first.
mutation DeleteRescue($id: ID!, $ifVersion: Int) {
  deleteRescue(id: $id, ifVersion: $ifVersion) {
    id
    name
    version
  }
}
`,
		variables: { id: NO_ID, ifVersion: 1 },
	},
];
