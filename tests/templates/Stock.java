import java.io.*;
import org.apache.poi.hssf.usermodel.*;
import org.apache.poi.ss.usermodel.*;
import org.apache.poi.ss.util.*;
import org.apache.poi.xssf.usermodel.*;

public class Stock {
    static final String NOTE = "注意事项：\n1、表头标“*”的红色字体为必填项\n2、日期时间：推荐格式为2020-02-02 13:13:13\n3、日期：推荐格式为2020-02-02\n4、手机号：支持6-15位数字（包含国外手机号格式）\n5、邮箱：只支持邮箱格式\n6、多行文本：字数限制为800字";
    static final String[] SOURCE = {"促销","搜索引擎","广告","转介绍","线上注册","线上询价","预约上门","陌拜","电话咨询","邮件咨询"};
    static final String[] INDUSTRY = {"IT","金融业","房地产","商业服务","运输/物流","生产","政府","文化传媒"};
    static final String[] LEVEL = {"A（重点客户）","B（普通客户）","C（非优先客户）"};

    static Sheet begin(Workbook book, String name, String note, String[] headings) {
        Sheet sheet = book.createSheet(name);
        CellStyle wrapped = book.createCellStyle(); wrapped.setWrapText(true);
        DataFormat formats = book.createDataFormat();
        Row first = sheet.createRow(0); first.setHeightInPoints(120);
        Cell cell = first.createCell(0); cell.setCellValue(note); cell.setCellStyle(wrapped);
        sheet.addMergedRegion(new CellRangeAddress(0, 0, 0, headings.length - 1));
        Row head = sheet.createRow(1);
        Font red = book.createFont(); red.setColor(Font.COLOR_RED);
        CellStyle required = book.createCellStyle(); required.setFont(red);
        for (int n = 0; n < headings.length; n++) {
            CellStyle style = book.createCellStyle();
            style.setDataFormat(formats.getFormat(headings[n].contains("时间") ? "yyyy-MM-dd HH:mm:ss" : "@"));
            sheet.setDefaultColumnStyle(n, style);
            sheet.setColumnWidth(n, 20 * 256);
            Cell c = head.createCell(n); c.setCellValue(headings[n]);
            if (headings[n].startsWith("*")) c.setCellStyle(required);
        }
        return sheet;
    }
    static void list(Sheet sheet, int column, DataValidationConstraint constraint, int last) {
        DataValidationHelper helper = sheet.getDataValidationHelper();
        sheet.addValidationData(helper.createValidation(constraint, new CellRangeAddressList(2, last, column, column)));
    }
    static DataValidationConstraint explicit(Sheet s, String... options) { return s.getDataValidationHelper().createExplicitListConstraint(options); }
    static DataValidationConstraint formula(Sheet s, String f) { return s.getDataValidationHelper().createFormulaListConstraint(f); }
    static Name named(Workbook book, String name, String refers) { Name n = book.createName(); n.setNameName(name); n.setRefersToFormula(refers); return n; }

    /** 悟空CRM 11.0 Java, customers: lists on rows 3-10003, province and city lists on a hidden sheet. */
    static void java11(Workbook book) {
        String[] h = {"*客户名称","*负责人","客户来源","手机","电话","网址","邮箱","客户行业","客户级别","下次联系时间","备注","省","市","区","详细地址"};
        Sheet s = begin(book, "客户导入模板", NOTE, h);
        list(s, 2, explicit(s, SOURCE), 10002); list(s, 7, explicit(s, INDUSTRY), 10002); list(s, 8, explicit(s, LEVEL), 10002);
        Sheet map = book.createSheet("mapAddress");
        String[] provinces = {"江苏省","浙江省"}; String[][] cities = {{"南京市","苏州市"},{"杭州市"}};
        Row row = map.createRow(0); row.createCell(0).setCellValue("省列表");
        for (int n = 0; n < provinces.length; n++) row.createCell(n + 1).setCellValue(provinces[n]);
        for (int n = 0; n < provinces.length; n++) {
            Row r = map.createRow(n + 1); r.createCell(0).setCellValue(provinces[n]);
            for (int c = 0; c < cities[n].length; c++) r.createCell(c + 1).setCellValue(cities[n][c]);
            named(book, provinces[n], "mapAddress!$B$" + (n + 2) + ":$" + (char) ('A' + cities[n].length) + "$" + (n + 2));
        }
        book.setSheetHidden(1, true);
        list(s, 11, explicit(s, provinces), 10002);
        list(s, 12, formula(s, "INDIRECT($L3)"), 10002); list(s, 13, formula(s, "INDIRECT($M3)"), 10002);
    }
    /** The PHP line: lists on rows 3-70, long ones on a protected sheet `data`. */
    static void php11(Workbook book) {
        String[] h = {"*客户名称","客户级别","客户行业","客户来源","电话","网址","下次联系时间","备注","手机","邮箱","省","市","区/县","详细地址"};
        Sheet s = begin(book, "悟空软件导入模板2024-05-01", "客户信息（*代表必填项；时间格式：2001-01-01 19:01:01）", h);
        String[] source = {"促销活动","搜索引擎","广告","转介绍","线上注册","线上询价","预约上门","陌拜","招商资源","公司资源","展会资源","个人资源","电话咨询","邮件咨询"};
        String[] industry = {"IT/通信/电子/互联网","金融业","房地产","商业服务","贸易","生产","运输/物流","服务业","文化传媒","政府","其他"};
        Sheet data = book.createSheet("data");
        for (int n = 0; n < source.length; n++) data.createRow(n).createCell(0).setCellValue(source[n]);
        for (int n = 0; n < industry.length; n++) data.getRow(n).createCell(1).setCellValue(industry[n]);
        data.protectSheet("x");
        list(s, 1, explicit(s, LEVEL), 69);
        list(s, 3, formula(s, "data!$A$1:$A$14"), 69);
        named(book, "行业", "data!$B$1:$B$11");
        list(s, 2, formula(s, "行业"), 69);
    }
    /** A system whose fields were changed: other order, more fields, lists of its own, hidden columns. */
    static void extended(Workbook book) {
        String[] h = {"详细地址","省","市","区","产品线","*负责人","*客户名称","*合同主体","电话","手机","邮箱","客户级别","客户行业","客户来源","下次联系时间","备注","内部编号"};
        Sheet s = begin(book, "客户导入模板", NOTE, h);
        Sheet lists = book.createSheet("lists"); book.setSheetHidden(1, true);
        String[] line = {"A 线","B 线","其他,待定"};
        for (int n = 0; n < line.length; n++) lists.createRow(n).createCell(0).setCellValue(line[n]);
        named(book, "产品线", "lists!$A$1:$A$3");
        list(s, 4, formula(s, "产品线"), 10002);
        list(s, 11, explicit(s, "甲","乙"), 10002);
        list(s, 12, formula(s, "lists!$A$1:$A$2"), 10002);
        list(s, 2, formula(s, "INDIRECT($B3)"), 10002);
        s.setColumnHidden(16, true);
    }
    static void save(Workbook book, String path) throws IOException { try (OutputStream out = new FileOutputStream(path)) { book.write(out); } }
    public static void main(String[] a) throws IOException {
        Workbook b;
        b = new HSSFWorkbook(); java11(b); save(b, "wukong-11.xls");
        b = new HSSFWorkbook(); php11(b); save(b, "wukong-11-php.xls");
        b = new HSSFWorkbook(); extended(b); save(b, "wukong-11-extended.xls");
        b = new XSSFWorkbook(); extended(b); save(b, "wukong-11-extended.xlsx");
    }
}
