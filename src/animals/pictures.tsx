/** An animal's pictures, as the Worker and the browser show them: photos, and a drawing where there is none. */
import type { RescueView } from "../rescues/view.ts";
import { artFor } from "./words.ts";

type Pictured = Pick<RescueView, "name" | "species" | "photos">;

/** A photo's address if it is one that may be followed; undefined for anything but http and https. */
export const photoUrl = (photo: string): string | undefined => (/^https?:\/\//.test(photo) ? photo : undefined);

/** The addresses of an animal's photos. */
export const photoUrls = ({ photos }: Pick<RescueView, "photos">) => photos.flatMap((photo) => photoUrl(photo) ?? []);

/** The drawing for a species; it says nothing that the text doesn't. */
export const Drawing = ({ species }: Pick<RescueView, "species">) => (
	<svg aria-hidden="true">
		<use href={`/shared/species.svg#${artFor(species)}`} />
	</svg>
);

/** Takes away a photo that can't be loaded: the drawing is behind it. */
export const hideBroken = ({ target }: Event) => {
	(target as HTMLElement).hidden = true;
};

/**
 * The first photo in front of a drawing, which is seen where there is no photo or it can't be loaded.
 * @param isLazy whether it is loaded when it comes into view
 */
export function Picture({ rescue, isLazy = true }: { rescue: Pictured; isLazy?: boolean }) {
	const [photo] = photoUrls(rescue);
	return (
		<div class={`picture art art-${artFor(rescue.species)}`}>
			<Drawing species={rescue.species} />
			{photo && (
				<img
					src={photo}
					alt={rescue.name}
					loading={isLazy ? "lazy" : "eager"}
					referrerpolicy="no-referrer"
					onError={hideBroken}
				/>
			)}
		</div>
	);
}

/** All photos: the first one large, all in a row below it when there are several. Each leads to the whole picture. */
export function Photos({ rescue }: { rescue: Pictured }) {
	const photos = photoUrls(rescue);
	const [first] = photos;
	if (first === undefined) return <Picture rescue={rescue} />;
	return (
		<div class="portrait">
			<a class="large" href={first} rel="noreferrer">
				<Picture rescue={rescue} isLazy={false} />
			</a>
			{photos.length > 1 && (
				<ul class="thumbs" aria-label={`Photos of ${rescue.name}`}>
					{photos.map((photo, index) => (
						<li key={`${index} ${photo}`}>
							<a href={photo} rel="noreferrer">
								<img
									src={photo}
									alt={`${rescue.name}, ${index + 1} of ${photos.length}`}
									loading="lazy"
									referrerpolicy="no-referrer"
									onError={hideBroken}
								/>
							</a>
						</li>
					))}
				</ul>
			)}
		</div>
	);
}
