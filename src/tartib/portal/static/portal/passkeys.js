// Passkeys: a form with data-passkey asks the server for a question, the device for an answer, and sends that back.
(() => {
  if (!window.PublicKeyCredential) return;

  const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

  const asked = (question) => {
    const options = { ...question, challenge: bytes(question.challenge) };
    if (question.user) options.user = { ...question.user, id: bytes(question.user.id) };
    for (const list of ["excludeCredentials", "allowCredentials"])
      if (question[list]) options[list] = question[list].map((one) => ({ ...one, id: bytes(one.id) }));
    return { publicKey: options };
  };

  const said = (credential) => {
    const response = { clientDataJSON: text(credential.response.clientDataJSON) };
    for (const part of ["attestationObject", "authenticatorData", "signature", "userHandle"])
      if (credential.response[part]) response[part] = text(credential.response[part]);
    return JSON.stringify({
      id: credential.id,
      rawId: text(credential.rawId),
      type: credential.type,
      response,
      clientExtensionResults: credential.getClientExtensionResults(),
    });
  };

  const run = async (form) => {
    const problem = form.querySelector("[data-problem]");
    problem.textContent = "";
    try {
      const data = new FormData(form);
      const question = await fetch(form.dataset.question, { method: "POST", body: data });
      if (!question.ok) throw new Error(String(question.status));
      const act = form.dataset.passkey === "create" ? "create" : "get";
      const credential = await navigator.credentials[act](asked(await question.json()));
      data.set("answer", said(credential));
      const answer = await fetch(form.action, { method: "POST", body: data });
      const told = await answer.json();
      if (answer.ok) location.assign(told.next);
      else problem.textContent = told.problem;
    } catch {
      problem.textContent = problem.dataset.problem;
    }
  };

  for (const form of document.querySelectorAll("form[data-passkey]")) {
    form.hidden = false;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      run(form);
    });
  }
})();
