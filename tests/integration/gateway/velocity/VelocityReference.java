import com.jayway.jsonpath.Configuration;
import com.jayway.jsonpath.JsonPath;
import com.jayway.jsonpath.Option;
import java.io.*;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.*;
import org.apache.velocity.VelocityContext;
import org.apache.velocity.app.VelocityEngine;
import org.apache.velocity.app.event.EventCartridge;
import org.apache.velocity.app.event.InvalidReferenceEventHandler;
import org.apache.velocity.context.Context;
import org.apache.velocity.util.introspection.Info;
import org.apache.commons.lang.StringEscapeUtils;

/**
 * What Apache Velocity 1.7 makes of mapping templates, set up as API Gateway shows itself: a reference without a value is "", a
 * foreach ends after 1,000 passes, JSON is read by Jayway JsonPath. Each line in is `<template> <payload>`, both base64; each line
 * out is `ok <base64>` or `fault`.
 */
public class VelocityReference {
  public static void main(String[] args) throws Exception {
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
    PrintStream out = new PrintStream(new BufferedOutputStream(System.out, 1 << 16), false, "US-ASCII");
    for (String line; (line = in.readLine()) != null; ) {
      String[] pair = line.split(" ", -1);
      out.println(answer(text(pair[0]), text(pair[1])));
    }
    out.flush();
  }

  private static String text(String base64) {
    return new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
  }

  /** One for each template: parser and engine remember the macros of those before. */
  private static VelocityEngine engine() {
    VelocityEngine engine = new VelocityEngine();
    engine.setProperty("runtime.log.logsystem.class", "org.apache.velocity.runtime.log.NullLogChute");
    engine.setProperty("directive.foreach.maxloops", 1000);
    engine.init();
    return engine;
  }

  private static String answer(String template, String payload) {
    VelocityContext context = new VelocityContext();
    context.put("input", new Input(payload));
    context.put("util", new Util());
    EventCartridge events = new EventCartridge();
    events.addEventHandler(new EmptyReferences());
    events.attachToContext(context);
    StringWriter rendered = new StringWriter();
    try {
      engine().evaluate(context, rendered, "template", template);
    } catch (RuntimeException e) {
      return "fault";
    }
    return "ok " + Base64.getEncoder().encodeToString(rendered.toString().getBytes(StandardCharsets.UTF_8));
  }

  public static class Input {
    private static final Configuration JAYWAY =
        Configuration.builder().options(Option.SUPPRESS_EXCEPTIONS).build();
    private final String payload;

    Input(String payload) {
      this.payload = payload;
    }

    /** The service shows nothing of its objects. */
    @Override
    public String toString() {
      return "";
    }

    public String getBody() {
      return payload;
    }

    public Object path(String path) {
      return JsonPath.using(JAYWAY).parse(payload).read(path);
    }

    /** Jayway writes lists and objects; anything else as a member of a list is. */
    public String json(String path) {
      Object value = path(path);
      if (value == null) return "\"\"";
      if (value instanceof Map || value instanceof List) return JAYWAY.jsonProvider().toJson(value);
      String list = JAYWAY.jsonProvider().toJson(List.of(value));
      return list.substring(1, list.length() - 1);
    }
  }

  public static class Util {
    public Object parseJson(String json) {
      return Input.JAYWAY.jsonProvider().parse(json);
    }

    public String escapeJavaScript(Object value) {
      return StringEscapeUtils.escapeJavaScript(value.toString());
    }

    public String urlEncode(Object value) {
      return URLEncoder.encode(value.toString(), StandardCharsets.UTF_8);
    }

    public String urlDecode(Object value) {
      return URLDecoder.decode(value.toString(), StandardCharsets.UTF_8);
    }

    public String base64Encode(Object value) {
      return Base64.getEncoder().encodeToString(value.toString().getBytes(StandardCharsets.UTF_8));
    }

    public String base64Decode(Object value) {
      return text(value.toString());
    }
  }

  public static class EmptyReferences implements InvalidReferenceEventHandler {
    public Object invalidGetMethod(Context context, String reference, Object object, String property, Info info) {
      return "";
    }

    public boolean invalidSetMethod(Context context, String left, String right, Info info) {
      return false;
    }

    public Object invalidMethod(Context context, String reference, Object object, String method, Info info) {
      return "";
    }
  }
}
