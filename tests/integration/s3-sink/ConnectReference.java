import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.*;
import java.nio.charset.StandardCharsets;
import java.util.*;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.json.JsonConverter;

/**
 * What Confluent's S3 sink writes for each record value: Kafka Connect's own JsonConverter reads it, Jackson writes it as the
 * connector's JsonRecordWriterProvider does. Values come in as base64, one a line; out go "ok <base64>", "null" or "rejected".
 */
public class ConnectReference {
  public static void main(String[] args) throws Exception {
    JsonConverter converter = new JsonConverter();
    converter.configure(Map.of("schemas.enable", "false"), false);
    ObjectMapper mapper = new ObjectMapper();
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
    PrintStream out = new PrintStream(new BufferedOutputStream(System.out, 1 << 16), false, "US-ASCII");
    for (String line; (line = in.readLine()) != null; ) out.println(answer(converter, mapper, Base64.getDecoder().decode(line)));
    out.flush();
  }

  private static String answer(JsonConverter converter, ObjectMapper mapper, byte[] value) throws IOException {
    SchemaAndValue converted;
    try {
      converted = converter.toConnectData("topic", value);
    } catch (DataException e) {
      return "rejected";
    }
    if (converted.value() == null) return "null";
    ByteArrayOutputStream object = new ByteArrayOutputStream();
    JsonGenerator writer = mapper.getFactory().createGenerator(object).setRootValueSeparator(null);
    writer.writeObject(converted.value());
    writer.writeRaw("\n");
    writer.flush();
    return "ok " + Base64.getEncoder().encodeToString(object.toByteArray());
  }
}
