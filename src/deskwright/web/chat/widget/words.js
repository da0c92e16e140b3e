// The window's own words. What is missing in a language is said in English.
const WORDS = {
  en: {
    open: "Chat with us", close: "Close the chat", hello: "Hello! How can we help?", write: "Write a message", send: "Send", attach: "Attach a file",
    you: "You", sending: "Sending", waits: "Waiting for a connection", sent: "Sent", read: "Read", failed: "Could not be sent", again: "Try again",
    place: "You are number {n} in line.", next: "You are next.", usually: "Usually answered within {n} min.", usually1: "Usually answered within a minute.",
    with: "{who} is with you", typing: "{who} is writing", away: "We are not here right now. Leave us a message and we will answer by email.",
    opens: "We are back {when}.", name: "Your name", email: "Your email", message: "Your message", leave: "Leave a message",
    taken: "Thank you. We will answer by email to {to}.", ended: "This chat has ended.", fresh: "Start a new chat", end: "End the chat", sure: "End this chat?",
    yes: "End it", no: "Keep it", mail: "Continue by email", mailAbout: "If you leave, our answers reach you here.", save: "Save", cancel: "Cancel", mailed: "Answers will reach you at {to}.",
    rate: "How was this chat?", thanks: "Thank you for your answer.", comment: "Anything to add?", offline: "No connection. What you write is kept and sent later.",
    more: "More", helps: "Perhaps this helps", person: "Talk to a person", wrongMail: "This is not an email address.", tooLarge: "This file is too large.",
    needed: "Please fill this in.", trouble: "That did not work. Please try again.", news: "{n} new", log: "Conversation", r1: "Very bad", r2: "Bad", r3: "Middling", r4: "Good", r5: "Very good",
  },
  de: {
    open: "Chatten Sie mit uns", close: "Chat schließen", hello: "Guten Tag! Wie können wir helfen?", write: "Nachricht schreiben", send: "Senden", attach: "Datei anhängen",
    you: "Sie", sending: "Wird gesendet", waits: "Wartet auf Verbindung", sent: "Gesendet", read: "Gelesen", failed: "Konnte nicht gesendet werden", again: "Noch einmal",
    place: "Sie sind Nummer {n} in der Reihe.", next: "Sie sind als Nächstes dran.", usually: "Meist antworten wir innerhalb von {n} Min.", usually1: "Meist antworten wir innerhalb einer Minute.",
    with: "{who} ist für Sie da", typing: "{who} schreibt", away: "Wir sind gerade nicht da. Hinterlassen Sie eine Nachricht, wir antworten per E-Mail.",
    opens: "Wir sind {when} wieder da.", name: "Ihr Name", email: "Ihre E-Mail-Adresse", message: "Ihre Nachricht", leave: "Nachricht hinterlassen",
    taken: "Danke. Wir antworten per E-Mail an {to}.", ended: "Dieser Chat ist beendet.", fresh: "Neuen Chat beginnen", end: "Chat beenden", sure: "Diesen Chat beenden?",
    yes: "Beenden", no: "Weiterführen", mail: "Per E-Mail weiterführen", mailAbout: "Wenn Sie gehen, erreichen Sie unsere Antworten hier.", save: "Speichern", cancel: "Abbrechen", mailed: "Antworten erreichen Sie unter {to}.",
    rate: "Wie war dieser Chat?", thanks: "Danke für Ihre Antwort.", comment: "Möchten Sie etwas hinzufügen?", offline: "Keine Verbindung. Was Sie schreiben, wird später gesendet.",
    more: "Mehr", helps: "Vielleicht hilft das", person: "Mit einem Menschen sprechen", wrongMail: "Das ist keine E-Mail-Adresse.", tooLarge: "Diese Datei ist zu groß.",
    needed: "Bitte ausfüllen.", trouble: "Das hat nicht geklappt. Bitte noch einmal versuchen.", news: "{n} neu", log: "Gespräch", r1: "Sehr schlecht", r2: "Schlecht", r3: "Mittel", r4: "Gut", r5: "Sehr gut",
  },
  fr: {
    open: "Discuter avec nous", close: "Fermer la discussion", hello: "Bonjour ! Comment pouvons-nous vous aider ?", write: "Écrire un message", send: "Envoyer", attach: "Joindre un fichier",
    you: "Vous", sending: "Envoi en cours", waits: "En attente de connexion", sent: "Envoyé", read: "Lu", failed: "N’a pas pu être envoyé", again: "Réessayer",
    place: "Vous êtes numéro {n} dans la file.", next: "C’est bientôt à vous.", usually: "Réponse habituelle en moins de {n} min.", usually1: "Réponse habituelle en moins d’une minute.",
    with: "{who} est avec vous", typing: "{who} écrit", away: "Nous ne sommes pas là pour le moment. Laissez un message, nous répondrons par e-mail.",
    opens: "Nous revenons {when}.", name: "Votre nom", email: "Votre e-mail", message: "Votre message", leave: "Laisser un message",
    taken: "Merci. Nous répondrons par e-mail à {to}.", ended: "Cette discussion est terminée.", fresh: "Nouvelle discussion", end: "Terminer la discussion", sure: "Terminer cette discussion ?",
    yes: "Terminer", no: "Continuer", mail: "Continuer par e-mail", mailAbout: "Si vous partez, nos réponses vous parviendront ici.", save: "Enregistrer", cancel: "Annuler", mailed: "Les réponses vous parviendront à {to}.",
    rate: "Comment s’est passée cette discussion ?", thanks: "Merci de votre réponse.", comment: "Quelque chose à ajouter ?", offline: "Pas de connexion. Vos messages seront envoyés plus tard.",
    more: "Plus", helps: "Ceci peut aider", person: "Parler à une personne", wrongMail: "Ce n’est pas une adresse e-mail.", tooLarge: "Ce fichier est trop volumineux.",
    needed: "Veuillez remplir ce champ.", trouble: "Cela n’a pas marché. Veuillez réessayer.", news: "{n} nouveau", log: "Conversation", r1: "Très mal", r2: "Mal", r3: "Moyen", r4: "Bien", r5: "Très bien",
  },
  es: {
    open: "Chatee con nosotros", close: "Cerrar el chat", hello: "¡Hola! ¿En qué podemos ayudar?", write: "Escriba un mensaje", send: "Enviar", attach: "Adjuntar un archivo",
    you: "Usted", sending: "Enviando", waits: "Esperando conexión", sent: "Enviado", read: "Leído", failed: "No se pudo enviar", again: "Reintentar",
    place: "Es el número {n} en la cola.", next: "Usted es el siguiente.", usually: "Solemos responder en {n} min.", usually1: "Solemos responder en un minuto.",
    with: "{who} está con usted", typing: "{who} está escribiendo", away: "Ahora no estamos. Deje un mensaje y responderemos por correo.",
    opens: "Volvemos {when}.", name: "Su nombre", email: "Su correo", message: "Su mensaje", leave: "Dejar un mensaje",
    taken: "Gracias. Responderemos por correo a {to}.", ended: "Este chat ha terminado.", fresh: "Empezar otro chat", end: "Terminar el chat", sure: "¿Terminar este chat?",
    yes: "Terminar", no: "Seguir", mail: "Seguir por correo", mailAbout: "Si se va, nuestras respuestas le llegarán aquí.", save: "Guardar", cancel: "Cancelar", mailed: "Las respuestas le llegarán a {to}.",
    rate: "¿Qué tal este chat?", thanks: "Gracias por su respuesta.", comment: "¿Algo que añadir?", offline: "Sin conexión. Lo que escriba se enviará después.",
    more: "Más", helps: "Quizá esto ayude", person: "Hablar con una persona", wrongMail: "No es una dirección de correo.", tooLarge: "El archivo es demasiado grande.",
    needed: "Rellene este campo.", trouble: "No ha funcionado. Inténtelo de nuevo.", news: "{n} nuevo", log: "Conversación", r1: "Muy mal", r2: "Mal", r3: "Regular", r4: "Bien", r5: "Muy bien",
  },
  ja: {
    open: "チャットで問い合わせる", close: "チャットを閉じる", hello: "こんにちは。ご用件をお聞かせください。", write: "メッセージを書く", send: "送信", attach: "ファイルを添付",
    you: "あなた", sending: "送信中", waits: "接続を待っています", sent: "送信済み", read: "既読", failed: "送信できませんでした", again: "再試行",
    place: "お待ちの順番は {n} 番目です。", next: "次にご案内します。", usually: "通常 {n} 分以内にお返事します。", usually1: "通常 1 分以内にお返事します。",
    with: "{who} が対応しています", typing: "{who} が入力中", away: "ただいま不在です。メッセージを残していただければメールでお返事します。",
    opens: "{when} に再開します。", name: "お名前", email: "メールアドレス", message: "メッセージ", leave: "メッセージを残す",
    taken: "ありがとうございます。{to} 宛にメールでお返事します。", ended: "このチャットは終了しました。", fresh: "新しいチャットを始める", end: "チャットを終了", sure: "このチャットを終了しますか？",
    yes: "終了する", no: "続ける", mail: "メールで続ける", mailAbout: "席を外されても、こちらにお返事が届きます。", save: "保存", cancel: "キャンセル", mailed: "お返事は {to} に届きます。",
    rate: "このチャットはいかがでしたか？", thanks: "ご回答ありがとうございます。", comment: "ほかにご意見はありますか？", offline: "接続がありません。書いた内容は後で送信されます。",
    more: "その他", helps: "こちらが役立つかもしれません", person: "担当者と話す", wrongMail: "メールアドレスではありません。", tooLarge: "ファイルが大きすぎます。",
    needed: "入力してください。", trouble: "うまくいきませんでした。もう一度お試しください。", news: "新着 {n}", log: "会話", r1: "とても悪い", r2: "悪い", r3: "普通", r4: "良い", r5: "とても良い",
  },
};

function speak(language) {
  const known = { ...WORDS.en, ...WORDS[language] };
  return (name, values = {}) => (known[name] ?? "").replace(/\{(\w+)\}/g, (_, key) => values[key] ?? "");
}
