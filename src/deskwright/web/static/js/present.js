// Who else looks at this ticket, and who writes: told by the server's stream, shown in the head, in words too.
const place = document.getElementById("present");

function one(person) {
  const here = person.id === 0 ? place.dataset.there : place.dataset.here;
  const words = (person.writes ? place.dataset.writes : here).replace("%s", person.name);
  const sign = document.createElement("span");
  sign.className = `present-one${person.writes ? " writes" : ""}`;
  sign.title = words;
  const avatar = document.createElement("span");
  avatar.className = `avatar hue-${person.hue}`;
  avatar.setAttribute("aria-hidden", "true");
  avatar.textContent = person.initials;
  const said = document.createElement("span");
  said.className = person.writes ? "present-words" : "unseen";
  said.textContent = words;
  sign.append(avatar, said);
  return sign;
}

export function show(people) {
  place?.replaceChildren(...people.map(one));
}
