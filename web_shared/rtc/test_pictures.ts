/** What shows around the paper. */
export const DESK = "#5b6670";
const FONT = '"Noto Sans CJK SC", "Microsoft YaHei", sans-serif';

/** The test camera's picture: someone at a counter, a flash each second, a bar that moves. */
export function drawFace(context: CanvasRenderingContext2D, ms: number, flash: boolean): void {
  const { width, height } = context.canvas;
  context.fillStyle = "#dfe8ef";
  context.fillRect(0, 0, width, height);
  context.fillStyle = "#c4d3df";
  context.fillRect(0, height - 130, width, 130);
  drawPerson(context, width / 2 + Math.sin(ms / 900) * 14);
  context.fillStyle = flash ? "#ffffff" : "#33475b";
  context.fillRect(width - 300, 40, 260, 180);
  context.fillStyle = "#0b5cab";
  context.fillRect(((ms / 5) % (width + 80)) - 80, height - 16, 80, 16);
  context.fillStyle = "#33475b";
  context.font = `600 40px ${FONT}`;
  context.fillText("测试摄像头  TEST CAMERA", 40, 84);
  context.font = `36px ${FONT}`;
  context.fillText(`${(ms / 1000).toFixed(2)} s`, 40, 138);
}

function drawPerson(context: CanvasRenderingContext2D, x: number): void {
  context.fillStyle = "#4f6f8f";
  context.beginPath();
  context.ellipse(x, 720, 210, 280, 0, Math.PI, 2 * Math.PI);
  context.fill();
  context.fillStyle = "#e8c4a2";
  context.fillRect(x - 38, 400, 76, 70);
  context.beginPath();
  context.ellipse(x, 320, 96, 122, 0, 0, 2 * Math.PI);
  context.fill();
  context.fillStyle = "#4a4f57";
  context.beginPath();
  context.ellipse(x, 262, 104, 84, 0, Math.PI, 2 * Math.PI);
  context.fill();
}

const ROWS: readonly (readonly [string, string, string, string])[] = [
  ["姓名", "样本一", "性别", "女"],
  ["出生日期", "1958年3月12日", "民族", "汉族"],
  ["公民身份号码", "44162519580312****", "户籍所在地", "新回龙镇"],
  ["联系电话", "138****0000", "参保险种", "城乡居民基本养老保险"],
  ["首次缴费年月", "2011年7月", "累计缴费年限", "15年"],
  ["开户银行", "农村商业银行", "银行账号", "6217 **** **** 0000"],
];

/** The sample document: a form as it lies under a document camera, with small print to read. */
export function drawPaper(context: CanvasRenderingContext2D): void {
  context.fillStyle = DESK;
  context.fillRect(0, 0, context.canvas.width, context.canvas.height);
  context.fillStyle = "#fdfdfb";
  context.fillRect(90, 50, 2060, 1340);
  context.fillStyle = "#1d2329";
  context.textAlign = "center";
  context.font = `600 58px ${FONT}`;
  context.fillText("城乡居民基本养老保险待遇领取申请表（样张）", 1120, 160);
  context.textAlign = "left";
  context.font = `30px ${FONT}`;
  context.fillText("编号：SAMPLE-0001", 180, 226);
  context.fillText("填表日期：2026年11月22日", 1600, 226);
  drawTable(context);
  drawNotes(context);
  drawWatermark(context);
}

function drawTable(context: CanvasRenderingContext2D): void {
  const columns = [180, 480, 1130, 1430, 2060];
  const [top, rowHeight] = [260, 96];
  context.strokeStyle = "#4a525a";
  context.lineWidth = 2;
  ROWS.forEach((row, index) => {
    const y = top + index * rowHeight;
    row.forEach((text, column) => {
      const x = columns[column] ?? 0;
      context.strokeRect(x, y, (columns[column + 1] ?? 0) - x, rowHeight);
      context.font = `${column % 2 === 0 ? 600 : 400} 36px ${FONT}`;
      context.fillText(text, x + 24, y + 62);
    });
  });
}

function drawNotes(context: CanvasRenderingContext2D): void {
  const notes = [
    "一、本人承诺所填内容真实，提交的材料复印件与原件一致。",
    "二、待遇自核准的次月起发放；资料有误的，由经办机构一次性告知。",
    "三、本表一式两份，经办机构、参保人各执一份。",
    "Small print: 0123456789 ABCDEFGHIJKLM abcdefghijklm  细小文字可辨：壹贰叁肆伍陆柒捌玖拾",
  ];
  context.font = `30px ${FONT}`;
  notes.forEach((note, index) => context.fillText(note, 180, 920 + index * 62));
  context.font = `36px ${FONT}`;
  context.fillText("申请人签名：", 180, 1280);
  context.fillText("经办人：", 1130, 1280);
}

function drawWatermark(context: CanvasRenderingContext2D): void {
  context.save();
  context.translate(1120, 780);
  context.rotate(-Math.PI / 9);
  context.textAlign = "center";
  context.font = `700 220px ${FONT}`;
  context.fillStyle = "rgba(184, 28, 28, 0.10)";
  context.fillText("样张 SAMPLE", 0, 0);
  context.restore();
}
