// What the downloads say, in the languages of the module's own messages.

const all = {
  en: {
    title: "Downloads", empty: "There is nothing for you to download yet.", none: "This version has no files.",
    version: "Version", older: "Older versions", here: "For this device", download: "Download", started: "The download has started",
    sum: "Checksum", copy: "Copy checksum", copyShort: "Copy", copied: "The checksum is copied.",
    selected: "The checksum is selected. Copy it with your keyboard or menu.",
    suspended: "Your license is suspended. Please ask support.",
    missing: "This file is not part of your license, or is not there any more.",
  },
  de: {
    title: "Downloads", empty: "Für Sie gibt es noch nichts herunterzuladen.", none: "Diese Version hat keine Dateien.",
    version: "Version", older: "Ältere Versionen", here: "Für dieses Gerät", download: "Herunterladen", started: "Der Download hat begonnen",
    sum: "Prüfsumme", copy: "Prüfsumme kopieren", copyShort: "Kopieren", copied: "Die Prüfsumme ist kopiert.",
    selected: "Die Prüfsumme ist markiert. Kopieren Sie sie mit der Tastatur oder dem Menü.",
    suspended: "Ihre Lizenz ist gesperrt. Bitte wenden Sie sich an den Support.",
    missing: "Diese Datei gehört nicht zu Ihrer Lizenz oder ist nicht mehr verfügbar.",
  },
  es: {
    title: "Descargas", empty: "Todavía no hay nada que pueda descargar.", none: "Esta versión no tiene archivos.",
    version: "Versión", older: "Versiones anteriores", here: "Para este dispositivo", download: "Descargar", started: "La descarga ha empezado",
    sum: "Suma de comprobación", copy: "Copiar la suma de comprobación", copyShort: "Copiar", copied: "La suma de comprobación está copiada.",
    selected: "La suma de comprobación está seleccionada. Cópiela con el teclado o el menú.",
    suspended: "Su licencia está suspendida. Póngase en contacto con el soporte.",
    missing: "Este archivo no forma parte de su licencia o ya no está disponible.",
  },
  fr: {
    title: "Téléchargements", empty: "Vous n’avez encore rien à télécharger.", none: "Cette version n’a pas de fichiers.",
    version: "Version", older: "Versions précédentes", here: "Pour cet appareil", download: "Télécharger", started: "Le téléchargement a commencé",
    sum: "Somme de contrôle", copy: "Copier la somme de contrôle", copyShort: "Copier", copied: "La somme de contrôle est copiée.",
    selected: "La somme de contrôle est sélectionnée. Copiez-la avec le clavier ou le menu.",
    suspended: "Votre licence est suspendue. Veuillez contacter le support.",
    missing: "Ce fichier ne fait pas partie de votre licence ou n’est plus disponible.",
  },
  pt: {
    title: "Downloads", empty: "Ainda não há nada para você baixar.", none: "Esta versão não tem arquivos.",
    version: "Versão", older: "Versões anteriores", here: "Para este dispositivo", download: "Baixar", started: "O download começou",
    sum: "Soma de verificação", copy: "Copiar a soma de verificação", copyShort: "Copiar", copied: "A soma de verificação foi copiada.",
    selected: "A soma de verificação está selecionada. Copie-a com o teclado ou o menu.",
    suspended: "Sua licença está suspensa. Fale com o suporte.",
    missing: "Este arquivo não faz parte da sua licença ou não está mais disponível.",
  },
  ja: {
    title: "ダウンロード", empty: "ダウンロードできるものはまだありません。", none: "このバージョンにはファイルがありません。",
    version: "バージョン", older: "以前のバージョン", here: "この端末用", download: "ダウンロード", started: "ダウンロードを開始しました",
    sum: "チェックサム", copy: "チェックサムをコピー", copyShort: "コピー", copied: "チェックサムをコピーしました。",
    selected: "チェックサムを選択しました。キーボードまたはメニューでコピーしてください。",
    suspended: "ライセンスは停止されています。サポートにお問い合わせください。",
    missing: "このファイルはライセンスに含まれていないか、すでに提供が終了しています。",
  },
};

const language = document.documentElement.lang;

export const words = all[language.toLowerCase().split("-")[0]] ?? all.en;

// What release tools call the platforms, and what people do.
const platforms = [[/^(darwin|mac|osx)/i, "macOS"], [/^win/i, "Windows"], [/linux/i, "Linux"], [/android/i, "Android"], [/^(ios|iphone|ipad)/i, "iOS"]];

// platformOf returns a file's platform as thisBrowser (browser.js) names the visitor's, "" for none.
export const platformOf = ({ platform }) => platforms.find(([pattern]) => pattern.test(platform ?? ""))?.[1] ?? platform ?? "";

// sizeOf tells a number of bytes.
export function sizeOf(bytes) {
  const units = ["byte", "kilobyte", "megabyte", "gigabyte"];
  const step = Math.min(Math.floor(Math.log10(bytes || 1) / 3), 3);
  const style = { style: "unit", unit: units[step], unitDisplay: step ? "short" : "long", maximumFractionDigits: 1 };
  return new Intl.NumberFormat(language, style).format(bytes / 1000 ** step);
}
