"""Languages are told by a sentence, and not guessed from a word."""

from __future__ import annotations

import pytest

from deskwright.text import language

SENTENCES = {
    "en": "Hello, my order has not arrived and I cannot log in to my account.",
    "de": "Guten Tag, meine Bestellung ist noch nicht angekommen und ich kann mich nicht anmelden.",
    "fr": "Bonjour, ma commande n'est pas arrivée et je ne peux pas me connecter à mon compte.",
    "es": "Hola, mi pedido no ha llegado y no puedo entrar en mi cuenta.",
    "it": "Buongiorno, il mio ordine non è arrivato e non posso accedere al mio account.",
    "nl": "Goedemorgen, mijn bestelling is nog niet aangekomen en ik kan niet inloggen.",
    "pt": "Olá, o meu pedido não chegou e não consigo entrar na minha conta.",
    "sv": "Hej, jag har inte fått min beställning och kan inte logga in på mitt konto.",
    "da": "Hej, jeg har ikke fået min ordre, og jeg kan ikke logge ind. Hvad skal jeg gøre nu, tak?",
    "fi": "Hei, tilaus ei ole saapunut ja en voi kirjautua. Kiitos avusta, mitä nyt?",
    "pl": "Dzień dobry, moje zamówienie jeszcze nie dotarło i nie mogę się zalogować.",
    "cs": "Dobrý den, moje objednávka ještě nepřišla a nemohu se přihlásit.",
    "tr": "Merhaba, siparişim hala gelmedi ve giriş yapamıyorum, lütfen yardım edin, çok teşekkürler.",
    "ro": "Bună ziua, comanda mea nu a ajuns și nu pot să intru în cont. Vă rog, mulțumesc.",
    "hu": "Jó napot, a rendelés még nem érkezett meg és nem tudok belépni. Kérem, miért nem?",
    "ru": "Здравствуйте, мой заказ ещё не пришёл, и я не могу войти в аккаунт.",
    "uk": "Добрий день, моє замовлення ще не прийшло, і я не можу увійти.",
    "el": "Καλημέρα, η παραγγελία μου δεν έχει φτάσει ακόμα.",
    "ja": "こんにちは。注文した商品がまだ届いていません。",
    "zh": "您好，我的订单还没有到，我无法登录。",
    "ko": "안녕하세요, 주문한 상품이 아직 도착하지 않았습니다.",
    "ar": "مرحبا، لم يصل طلبي بعد ولا أستطيع تسجيل الدخول.",
    "he": "שלום, ההזמנה שלי עדיין לא הגיעה.",
    "hi": "नमस्ते, मेरा ऑर्डर अभी तक नहीं आया है।",
    "th": "สวัสดีครับ สินค้าที่สั่งยังไม่มาถึง",
}


@pytest.mark.parametrize(("expected", "sentence"), SENTENCES.items())
def test_a_sentence_tells_its_language(expected, sentence):
    assert language(sentence) == expected


@pytest.mark.parametrize(
    "text", ["", "ok", "URGENT", "SKU-4711 / 0x80070005", "https://desk.example/the/and/of", "???", "12:30"]
)
def test_what_tells_nothing_is_not_guessed(text):
    assert language(text) is None


def test_a_foreign_name_or_product_changes_nothing():
    assert language("The café in São Paulo has not received our order, and we need it for Müller.") == "en"
    assert language("我的 iPhone 无法登录 Deskwright，请帮忙") == "zh"


def test_addresses_say_nothing_about_the_language():
    assert language("Meine Bestellung ist nicht da: https://shop.example/where/is/the/order/of/my/account") == "de"
