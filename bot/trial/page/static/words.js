// What the page itself says; what the bot says comes from the bot.
const JA = {
  workspace: "試用ワークスペース", channels: "チャンネル", direct: "ダイレクトメッセージ", acting: "操作する人",
  kinds: { staff: "社員", guest: "ゲスト", outsider: "社外の人" }, office: "事務局",
  send: "送信", attach: "ファイルを添付", message: (name) => `${name} へのメッセージ`, reply: "返信する…",
  private: "非公開", table: (rows, columns) => `表 ${rows}行×${columns}列`,
  thread: "スレッド", close: "閉じる", replies: (n) => `${n}件の返信`, alone: "あなただけに表示されています",
  edited: "（編集済み）", more: "その他", optional: "任意", nothing: "該当なし", shared: "社外と共有", confirm: "OK", cancel: "キャンセル",
  shortcuts: "ショートカット", empty: "まだメッセージはありません。", app: "アプリ", copy: "テキストをコピー",
  drop: "ここにファイルを置いてください", failed: "送れませんでした：", offline: "試用Slackにつながりません。melcol demo は動いていますか？",
  menu: "会話の一覧", inspector: "通信を見る", inspectorTitle: "Slackとボットの間の通信", noCalls: "まだ何も通っていません。",
  to: "Slack → ボット", from: "ボット → Slack", refused: "断られたもの", ms: (n) => `${n} ms`,
  faults: "不調を起こす",
  fault: {
    ratelimited: "429を3回（5秒待て）", server_error: "500を5回", lost_reply: "返事を1回失う", sockets: "接続を切る",
    shared: "#sales を社外と共有", clear: "すべて元に戻す",
  },
  guide: "はじめに", hide: "隠す", samples: "見本のチェックシート", download: "ダウンロード",
  steps: [
    { title: "回答のある質問をする", act: { as: "佐藤", channel: "#sales", text: "/melcol backup" } },
    { title: "候補が出る質問をする", act: { as: "佐藤", channel: "#sales", text: "@melcol 時刻同期とGDPR対応" } },
    { title: "回答集にない質問をする（ISMS事務局に届きます）", act: { as: "佐藤", channel: "#sales", text: "@melcol RTO（目標復旧時間）は何時間ですか" } },
    { title: "事務局の田中さんになって、届いた質問に答える", act: { as: "田中", channel: "#isms-office" } },
    { title: "佐藤さんに戻り、届いた回答を見る", act: { as: "佐藤", channel: "#sales" } },
    { title: "チェックシートを保存し、melcolとのDMに置く", act: { as: "佐藤", dm: true } },
  ],
};

const EN = {
  workspace: "Trial workspace", channels: "Channels", direct: "Direct messages", acting: "Acting as",
  kinds: { staff: "colleague", guest: "guest", outsider: "outside the company" }, office: "office",
  send: "Send", attach: "Attach a file", message: (name) => `Message ${name}`, reply: "Reply…",
  private: "private", table: (rows, columns) => `Table, ${rows} rows × ${columns} columns`,
  thread: "Thread", close: "Close", replies: (n) => (n === 1 ? "1 reply" : `${n} replies`), alone: "Only visible to you",
  edited: "(edited)", more: "More", optional: "optional", nothing: "No match", shared: "shared with others", confirm: "OK", cancel: "Cancel",
  shortcuts: "Shortcuts", empty: "No messages yet.", app: "APP", copy: "Copy text",
  drop: "Drop files here", failed: "Not sent: ", offline: "The trial Slack is not reachable. Is melcol demo running?",
  menu: "Conversations", inspector: "Inspect traffic", inspectorTitle: "Between Slack and the bot", noCalls: "Nothing has passed yet.",
  to: "Slack → bot", from: "bot → Slack", refused: "Refused", ms: (n) => `${n} ms`,
  faults: "Let something fail",
  fault: {
    ratelimited: "429 three times (wait 5 s)", server_error: "500 five times", lost_reply: "Lose one reply", sockets: "Cut the connection",
    shared: "Share #sales outside", clear: "Back to normal",
  },
  guide: "Start here", hide: "Hide", samples: "Sample check sheet", download: "Download",
  steps: [
    { title: "Ask a question that has an answer", act: { as: "佐藤", channel: "#sales", text: "/melcol backup" } },
    { title: "Ask one with several candidates", act: { as: "佐藤", channel: "#sales", text: "@melcol 時刻同期とGDPR対応" } },
    { title: "Ask what the set does not answer (it goes to the ISMS office)", act: { as: "佐藤", channel: "#sales", text: "@melcol What is your RTO in hours?" } },
    { title: "Be 田中 of the office, and answer it", act: { as: "田中", channel: "#isms-office" } },
    { title: "Be 佐藤 again, and see the answer", act: { as: "佐藤", channel: "#sales" } },
    { title: "Save the check sheet and drop it into the direct messages with melcol", act: { as: "佐藤", dm: true } },
  ],
};

export const words = navigator.language.startsWith("ja") ? JA : EN;
export const language = navigator.language.startsWith("ja") ? "ja" : "en";
